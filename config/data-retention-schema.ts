import { z } from "zod";

import { dailyWindowText, distinct, distinctBy, noted } from "./fields";
import { RETENTION_CLASSES } from "./retention-schema";

const name = (means: string) =>
  noted(z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/), {
    means,
    allowed: "1 to 63 lower-case letters, digits and underscores, not starting with a digit",
    why: "PostgreSQL would shorten a longer name, and any other needs quotes",
  });

/** Classes that rows can have: the others are about logs of access, evidence and backups. */
const ROW_CLASSES = RETENTION_CLASSES.filter(
  (it) => it !== "audit" && it !== "backup" && it !== "access-log",
);

const subjectColumn =
  "Column with the id of the subject, as an erasure gets it; an index has to start with it.";

const table = noted(
  z
    .strictObject({
      table: name("Name of the table, in the application's schema."),
      subjectColumn: noted(name(subjectColumn).exactOptional(), {
        means: subjectColumn,
        allowed: "the name of a column",
        why: "erasures find a subject's rows by it",
        absent: "the table has no rows of subjects, or all of them go with a row of another table",
      }),
      timeColumn: noted(name("").exactOptional(), {
        means:
          "Column with the time that a row's age counts from; an index has to start with it. A table partitioned by its ranges loses whole partitions.",
        allowed: "the name of a column of type timestamptz, timestamp or date, together with retentionClass",
        why: "rows past their time are found by it",
        absent: "the table's rows don't expire",
      }),
      retentionClass: noted(z.enum(ROW_CLASSES).exactOptional(), {
        means: "Row of streamflix:retention whose maximumDays a row may reach.",
        allowed: ROW_CLASSES.join(", "),
        why: "how long data is kept stands in one table",
        absent: "the table's rows don't expire",
      }),
    })
    .superRefine((it, issues) => {
      const problem = (path: string, message: string) => {
        issues.addIssue({ code: "custom", path: [path], message });
      };
      if (it.timeColumn !== undefined && it.retentionClass === undefined) {
        problem("retentionClass", "write the class whose days count from timeColumn");
      } else if (it.timeColumn === undefined && it.retentionClass !== undefined) {
        problem("timeColumn", "write the column that the days of retentionClass count from");
      } else if (it.subjectColumn === undefined && it.timeColumn === undefined) {
        problem(
          "subjectColumn",
          "write subjectColumn, or timeColumn with retentionClass: nothing would be deleted",
        );
      }
    })
    .readonly(),
  {
    means: "One table.",
    allowed: "an object with table and subjectColumn, or timeColumn and retentionClass, or all of them",
    why: "a table that is missing here keeps its rows for ever",
  },
);

/** Section `streamflix:dataRetention`. */
export const dataRetention = noted(
  z
    .strictObject({
      window: noted(
        dailyWindowText(60).superRefine((text, issues) => {
          if (/^\d\d:\d\d-\d\d:\d\d$/.test(text) && !/^\d\d:00-\d\d:00$/.test(text)) {
            issues.addIssue({ code: "custom", message: "start and end it at a full hour" });
          }
        }),
        {
          means:
            "Daily window in UTC in which rows are deleted: a run every quarter of an hour, each going on where the last one ended.",
          allowed: "hh:00-hh:00, at least an hour",
          why: "deletion takes some of the database's power, so it belongs into quiet hours",
        },
      ),
      batchRows: noted(z.int().min(100).max(10_000).default(1_000), {
        means: "Most rows that are deleted in one transaction.",
        allowed: "a whole number from 100 to 10000",
        why: "more would keep locks for seconds, and fewer take all night",
      }),
      subjectKeys: noted(
        z
          .strictObject({
            table: name("Table with the keys of pseudonyms."),
            subjectColumn: name(subjectColumn),
          })
          .readonly(),
        {
          means: "Where the key is from which a subject's pseudonyms are made: an erasure destroys it first.",
          allowed: "an object with table and subjectColumn",
          why: "events in stream and archive can be linked to a subject as long as its key is there",
        },
      ),
      tables: noted(distinctBy(table, "table").min(1).readonly(), {
        means:
          "Tables from which rows are deleted, in the order in which an erasure goes through them: what refers to others before what is referred to.",
        allowed: "a list of at least one table, each once",
        why: "rows that nobody deletes are kept for ever",
      }),
      sweptLogGroups: noted(
        distinct(
          noted(z.string().regex(/^[\w./#-]{3,512}$/), {
            means: "Start of the names.",
            allowed: "3 to 512 letters, digits and _ . / # -",
            why: "CloudWatch Logs has no other names, and a shorter start would mean nearly all groups",
          }),
        )
          .min(1)
          .readonly(),
        {
          means:
            "Starts of the names of log groups that AWS's services make by themselves: once a day those without a key or an end get them. What is set is never changed.",
          allowed: "a list of at least one start of a name, without repeats",
          why: "such a group has no key of ours and keeps its events for ever",
        },
      ),
    })
    .readonly()
    .exactOptional(),
  {
    means:
      "Deletion of rows past their time, erasure of subjects, and the end of logs that AWS makes by itself.",
    allowed: "an object",
    why: "storage limitation and the right to erasure (GDPR Art. 5 and 17) need somebody who deletes",
    absent: "nothing is deleted from the database, which prod does not allow",
  },
);
