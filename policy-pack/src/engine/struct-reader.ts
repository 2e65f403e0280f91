import { createRequire } from "node:module";

import type { BinaryReader } from "google-protobuf";
import type { JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";

import { loadAsSdk } from "./sdk";

type Bag = Record<string, JavaScriptValue>;

/** The fields of a `Value` or of a map's entry, as far as they were read. */
interface Entry {
  key: string;
  value: JavaScriptValue | undefined;
}

/** The library's class, as far as it is replaced. */
interface StructClass {
  deserializeBinaryFromReader: (message: Struct, reader: BinaryReader) => Struct;
  readonly prototype: { toJavaScript: (this: Struct) => Bag; getFieldsMap: (this: Struct) => unknown };
}

// The copy that the SDK's messages are made of.
const ofMessages = createRequire(loadAsSdk.resolve("@pulumi/pulumi/proto/analyzer_pb"));
const library = ofMessages("google-protobuf/google/protobuf/struct_pb.js") as {
  readonly Struct: StructClass;
};

/** Bags of messages that were read here; their messages hold no fields. */
const bags = new WeakMap<Struct, Bag>();

/**
 * Makes the SDK read the properties in a message straight into objects. The library makes a message of each value, a map
 * of each object, and objects of these afterwards: a tenth of the pack's time.
 */
export function readStructsDirectly(): void {
  const { Struct: replaced } = library;
  if (replaced.deserializeBinaryFromReader === read) {
    return;
  }
  const { toJavaScript, getFieldsMap } = replaced.prototype;
  replaced.deserializeBinaryFromReader = read;
  replaced.prototype.toJavaScript = function () {
    return bags.get(this) ?? toJavaScript.call(this);
  };
  replaced.prototype.getFieldsMap = function () {
    if (bags.has(this)) {
      throw new Error("these properties were read into an object: toJavaScript() gives it");
    }
    return getFieldsMap.call(this);
  };
}

function read(message: Struct, reader: BinaryReader): Struct {
  const bag: Bag = {};
  readStruct(bag, reader);
  bags.set(message, bag);
  return message;
}

function readStruct(bag: Bag, reader: BinaryReader): void {
  while (reader.nextField()) {
    if (reader.getFieldNumber() === 1) {
      const entry: Entry = { key: "", value: undefined };
      reader.readMessage(entry, readEntry);
      bag[entry.key] = certain(entry);
    } else {
      reader.skipField();
    }
  }
}

function readEntry(entry: Entry, reader: BinaryReader): void {
  while (reader.nextField()) {
    switch (reader.getFieldNumber()) {
      case 1:
        entry.key = reader.readString();
        break;
      case 2:
        reader.readMessage(entry, readValue);
        break;
      default:
        reader.skipField();
    }
  }
}

function readValue(entry: Entry, reader: BinaryReader): void {
  while (reader.nextField()) {
    switch (reader.getFieldNumber()) {
      case 1:
        reader.readEnum();
        entry.value = null;
        break;
      case 2:
        entry.value = reader.readDouble();
        break;
      case 3:
        entry.value = reader.readString();
        break;
      case 4:
        entry.value = reader.readBool();
        break;
      case 5:
        reader.readMessage((entry.value = {}), readStruct);
        break;
      case 6:
        reader.readMessage((entry.value = []), readList);
        break;
      default:
        reader.skipField();
    }
  }
}

function readList(list: JavaScriptValue[], reader: BinaryReader): void {
  while (reader.nextField()) {
    if (reader.getFieldNumber() === 1) {
      const entry: Entry = { key: "", value: undefined };
      reader.readMessage(entry, readValue);
      list.push(certain(entry));
    } else {
      reader.skipField();
    }
  }
}

function certain({ value }: Entry): JavaScriptValue {
  if (value === undefined) {
    throw new Error("a property's value is of no kind that google.protobuf.Value has");
  }
  return value;
}
