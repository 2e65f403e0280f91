import { shaped } from "../checks";
import { AwsError, type Model } from "../model";
import { mapOf, mapsOf, text } from "../world";

const GLUE_DATABASE = "aws:glue/catalogDatabase:CatalogDatabase";
export const GLUE_TABLE = "aws:glue/catalogTable:CatalogTable";

/** Other names are stored, but query engines can't find what they name. */
const NAME = /^[a-z0-9_]{1,255}$/;
const NAME_WORDS = "up to 255 lower-case letters, digits and underscores";

const database: Model = {
  type: GLUE_DATABASE,
  source: "internal/service/glue/catalog_database.go",
  forceNew: ["catalogId", "name", "targetDatabase"],
  kept: ["catalogId", "createTableDefaultPermissions", "locationUri"],
  autoName: "name",
  seconds: 1,
  taggable: true,
  computed: ["arn", "catalogId"],
  check: (inputs) => shaped(inputs, "name", NAME, NAME_WORDS),
  make: (inputs, world) => {
    const name = text(inputs, "name");
    const { account } = world.place;
    return {
      id: `${account}:${name}`,
      computed: { arn: world.arn("glue", `database/${name}`), catalogId: account },
    };
  },
};

const table: Model = {
  type: GLUE_TABLE,
  source: "internal/service/glue/catalog_table.go",
  forceNew: ["catalogId", "databaseName", "name", "openTableFormatInput", "partitionIndices"],
  kept: ["catalogId", "partitionIndices"],
  autoName: "name",
  seconds: 1,
  taggable: false,
  computed: ["arn", "catalogId"],
  references: { databaseName: { types: [GLUE_DATABASE], by: "name" } },
  check: (inputs) => shaped(inputs, "name", NAME, NAME_WORDS),
  verify: (inputs) => {
    const columns = [
      ...mapsOf(mapOf(inputs["storageDescriptor"])["columns"]),
      ...mapsOf(inputs["partitionKeys"]),
    ].map((column) => text(column, "name"));
    const twice = columns.find((column, index) => columns.indexOf(column) < index);
    if (twice !== undefined) {
      throw new AwsError("InvalidInputException", `Found duplicate column(s): ${twice}`);
    }
    const wrong = columns.find((column) => !NAME.test(column));
    if (wrong !== undefined) {
      throw new AwsError(
        "InvalidInputException",
        `Column ${wrong} needs ${NAME_WORDS}: query engines can't read it`,
      );
    }
  },
  make: (inputs, world) => {
    const [of, name] = [text(inputs, "databaseName"), text(inputs, "name")];
    const { account } = world.place;
    return {
      id: `${account}:${of}:${name}`,
      computed: { arn: world.arn("glue", `table/${of}/${name}`), catalogId: account },
    };
  },
};

export const glueModels: readonly Model[] = [database, table];
