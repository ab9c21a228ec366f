// Sends letters over nodemailer's pool: node send.mjs JOB.json
// JOB.json: {port, connections, from, subject, text, html, files: [{name, path, type}]}; «{login}» in words and
// names is filled in for each letter, the files are the same for all. Reads how many to send, line by line, and prints
// {sent, wallMs, cpuMs, rssMb} as JSON for each.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import nodemailer from "nodemailer";

const job = JSON.parse(readFileSync(process.argv[2], "utf8"));
const files = job.files.map((file) => ({ ...file, content: readFileSync(file.path) }));
const transport = nodemailer.createTransport({
  host: "127.0.0.1",
  port: job.port,
  pool: true,
  maxConnections: job.connections,
  maxMessages: Infinity,
  ignoreTLS: true,
});
const filled = (text, login) => text.replaceAll("{login}", login);
const letter = (number) => {
  const login = `spo${100000 + number}`;
  return {
    from: { name: "Кабинет сбора данных", address: job.from },
    to: `office${number}@org${number % 50}.test`,
    replyTo: `exchange+${login}@kabinet.test`,
    envelope: { from: `exchange+l${number}@kabinet.test`, to: `office${number}@org${number % 50}.test` },
    messageId: `<${login}.${number}@kabinet.test>`,
    subject: filled(job.subject, login),
    text: filled(job.text, login),
    html: filled(job.html, login),
    headers: { "Auto-Submitted": "auto-generated", "List-Id": "<bench.kabinet.test>" },
    attachments: files.map((file) => ({
      filename: filled(file.name, login),
      content: file.content,
      contentType: file.type,
    })),
  };
};

let next = 0;
let until = 0;
async function feed() {
  while (next < until) await transport.sendMail(letter(next++));
}

// Each line on standard input is how many letters to send now; each is answered by a line.
for await (const line of createInterface({ input: process.stdin })) {
  until = next + Number(line);
  const cpu = process.cpuUsage();
  const started = performance.now();
  // Twice as many letters in hand as there are connections: the pool never waits for us.
  await Promise.all(Array.from({ length: job.connections * 2 }, feed));
  const used = process.cpuUsage(cpu);
  console.log(
    JSON.stringify({
      sent: next,
      wallMs: performance.now() - started,
      cpuMs: (used.user + used.system) / 1000,
      rssMb: process.memoryUsage().rss / 1024 / 1024,
    }),
  );
}
transport.close();
