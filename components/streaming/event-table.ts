import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Names } from "../../config";

export interface EventTableArgs {
  readonly names: Names;
  /** Where the events are: `s3://<bucket>/<prefix>/`. */
  readonly location: string;
}

const TABLE = "events";

/** First day that queries look for. */
const FIRST_DAY = "2026-01-01";

/** Every field that an event can have, whoever wrote it; names as JSON has them, but in lower case. */
const COLUMNS = {
  eventid: "string",
  subject: "string",
  sessionid: "string",
  type: "string",
  titleid: "string",
  positionseconds: "int",
  bitratekbps: "int",
  bufferedmilliseconds: "int",
  errorcode: "string",
  occurredat: "string",
};

const PARQUET = "org.apache.hadoop.hive.ql.io.parquet";

/** The archive's events as a table: Firehose writes its columns, query engines read them, one partition a day. */
export class EventTable extends pulumi.ComponentResource {
  readonly plainDatabaseName: string;
  readonly plainTableName = TABLE;
  /** Known once the table is there. */
  readonly databaseName: pulumi.Output<string>;
  readonly tableName: pulumi.Output<string>;

  constructor(name: string, args: EventTableArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:streaming:EventTable", name, {}, opts);
    this.plainDatabaseName = args.names.fixed("glueDatabase", "events");
    const parent = { parent: this };

    const database = new aws.glue.CatalogDatabase(
      name,
      { name: this.plainDatabaseName, description: "Archived viewing events" },
      parent,
    );
    const table = new aws.glue.CatalogTable(
      name,
      {
        databaseName: database.name,
        name: TABLE,
        description: "Viewing events by day of arrival",
        tableType: "EXTERNAL_TABLE",
        parameters: {
          classification: "parquet",
          // Days follow from their form, so nobody has to add a partition every day.
          "projection.enabled": "true",
          "projection.day.type": "date",
          "projection.day.format": "yyyy-MM-dd",
          "projection.day.range": `${FIRST_DAY},NOW`,
          "storage.location.template": `${args.location}day=$\{day}/`,
        },
        partitionKeys: [{ name: "day", type: "string" }],
        storageDescriptor: {
          location: args.location,
          columns: Object.entries(COLUMNS).map(([column, type]) => ({ name: column, type })),
          inputFormat: `${PARQUET}.MapredParquetInputFormat`,
          outputFormat: `${PARQUET}.MapredParquetOutputFormat`,
          serDeInfo: { serializationLibrary: `${PARQUET}.serde.ParquetHiveSerDe` },
        },
      },
      parent,
    );
    this.databaseName = table.databaseName;
    this.tableName = table.name;
    this.registerOutputs({
      plainDatabaseName: this.plainDatabaseName,
      plainTableName: this.plainTableName,
      databaseName: this.databaseName,
      tableName: this.tableName,
    });
  }
}
