// The peer of `render.rs`: handlebars.js over the same document and the same template, timed from the parsed document to the
// closed file.
//
//     node bench/render.js DATA.json TEMPLATE.hbs OUT
//
// handlebars.js escapes for HTML whatever the template is; its templates can do no other. The helpers are the least that gives the
// same text.

const fs = require("fs");
const Handlebars = require("handlebars");

const [data, template, out] = process.argv.slice(2);
const pad = (number) => String(number).padStart(2, "0");
const now = JSON.parse(fs.readFileSync(data, "utf8")).run.now;

Handlebars.registerHelper("eq", (one, other) => one === other);
Handlebars.registerHelper("date", (seconds) => {
  if (!seconds) return "never";
  const date = new Date(seconds * 1000);
  return `${date.getUTCFullYear()}-${pad(date.getUTCMonth() + 1)}-${pad(date.getUTCDate())}`;
});
Handlebars.registerHelper("ago", (seconds) => {
  if (!seconds) return "never";
  const days = Math.trunc((now - seconds) / 86400);
  if (days === 0) return "today";
  const count = Math.abs(days);
  const text = count === 1 ? "1 day" : `${count} days`;
  return days > 0 ? `${text} ago` : `in ${text}`;
});

const document = JSON.parse(fs.readFileSync(data, "utf8"));
const text = fs.readFileSync(template, "utf8");
const worked = process.cpuUsage();
const start = process.hrtime.bigint();
const report = Handlebars.compile(text)(document);
fs.writeFileSync(out, report);
const seconds = Number(process.hrtime.bigint() - start) / 1e9;
const { user, system } = process.cpuUsage(worked);
console.log(`${seconds.toFixed(4)} ${((user + system) / 1e6).toFixed(4)} ${Buffer.byteLength(report)}`);
