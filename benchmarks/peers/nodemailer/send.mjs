// Sends letters over nodemailer's pool: node send.mjs JOB.json
// JOB.json: {port, count, connections, from, subject, text, html, files: [{name, path, type}]}; «{login}» in words and
// names is filled in for each letter, the files are the same for all. Prints {sent, wallMs, cpuMs, rssMb} as JSON.
import { readFileSync } from "node:fs";
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
let sent = 0;
async function feed() {
  while (next < job.count) {
    await transport.sendMail(letter(next++));
    sent += 1;
  }
}
const cpu = process.cpuUsage();
const started = performance.now();
// Twice as many letters in hand as there are connections: the pool never waits for us.
await Promise.all(Array.from({ length: job.connections * 2 }, feed));
const used = process.cpuUsage(cpu);
console.log(
  JSON.stringify({
    sent,
    wallMs: performance.now() - started,
    cpuMs: (used.user + used.system) / 1000,
    rssMb: process.memoryUsage().rss / 1024 / 1024,
  }),
);
transport.close();
