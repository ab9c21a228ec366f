// Fills workbooks in and saves them: node fill.mjs sheetjs|exceljs JOBS.json
// JOBS.json: [{source, target, cells: [{sheet, cell, kind: "text"|"number"|"boolean"|"date", value}]}]
// A date is {kind: "date", value: "2021-09-15"}; a cell to clear has the value null.
import { readFileSync } from "node:fs";

const day = (text) => text.split("-").map(Number);

async function exceljs(jobs) {
  const { default: ExcelJS } = await import("exceljs");
  for (const job of jobs) {
    const book = new ExcelJS.Workbook();
    await book.xlsx.readFile(job.source);
    for (const typed of job.cells) {
      const cell = book.getWorksheet(typed.sheet).getCell(typed.cell);
      const [year, month, date] = typed.kind === "date" ? day(typed.value) : [];
      // exceljs takes a moment in UTC for the day that a cell shows.
      cell.value = typed.kind === "date" ? new Date(Date.UTC(year, month - 1, date)) : typed.value;
    }
    await book.xlsx.writeFile(job.target);
  }
}

async function sheetjs(jobs) {
  const { default: XLSX } = await import("xlsx");
  for (const job of jobs) {
    const book = XLSX.read(readFileSync(job.source));
    for (const typed of job.cells) {
      const sheet = book.Sheets[typed.sheet];
      if (typed.value === null) {
        delete sheet[typed.cell];
      } else if (typed.kind === "date") {
        // SheetJS takes a moment of local time for the day that a cell shows.
        const [year, month, date] = day(typed.value);
        XLSX.utils.sheet_add_aoa(sheet, [[new Date(year, month - 1, date)]], { origin: typed.cell });
      } else {
        XLSX.utils.sheet_add_aoa(sheet, [[typed.value]], { origin: typed.cell });
      }
    }
    XLSX.writeFile(book, job.target);
  }
}

const [editor, jobs] = process.argv.slice(2);
await { exceljs, sheetjs }[editor](JSON.parse(readFileSync(jobs, "utf8")));
