import assert from "node:assert/strict";

import { AnalyzeRequest } from "@pulumi/pulumi/proto/analyzer_pb";
import fc from "fast-check";
import { BinaryWriter } from "google-protobuf";
import { type JavaScriptValue, ListValue, Struct, Value } from "google-protobuf/google/protobuf/struct_pb";

import { readStructsDirectly } from "../../policy-pack/src/engine/struct-reader";

type Bag = Record<string, JavaScriptValue>;

/** The properties as the SDK's server gets them: through the bytes of the engine's request. */
function received(properties: Struct): Struct {
  const request = new AnalyzeRequest().setProperties(properties);
  const read = AnalyzeRequest.deserializeBinary(request.serializeBinary()).getProperties();
  assert.ok(read);
  return read;
}

/** Properties whose bytes are these. */
function ofBytes(write: (writer: BinaryWriter) => void): () => Bag {
  const writer = new BinaryWriter();
  write(writer);
  return () => Struct.deserializeBinary(writer.getResultBuffer()).toJavaScript();
}

describe("properties in a request", () => {
  before(() => {
    readStructsDirectly();
    readStructsDirectly();
  });

  it("arrive as the library reads them, whatever their shape", () => {
    const value = fc.letrec<{ value: JavaScriptValue; bag: Bag }>((tie) => ({
      value: fc.oneof(
        { depthSize: "small" },
        fc.constant(null),
        fc.boolean(),
        fc.double(),
        fc.string({ unit: "binary" }),
        fc.array(tie("value"), { maxLength: 5 }),
        tie("bag"),
      ),
      bag: fc.dictionary(fc.string(), tie("value"), { maxKeys: 5 }),
    }));
    fc.assert(
      fc.property(value.bag, (bag) => {
        const made = Struct.fromJavaScript(bag);
        assert.deepEqual(received(made).toJavaScript(), made.toJavaScript());
      }),
    );
  });

  it("arrive whole when there are none, and when a text is long", () => {
    assert.deepEqual(received(new Struct()).toJavaScript(), {});
    const text = "ä€😀".repeat(50_000);
    assert.deepEqual(received(Struct.fromJavaScript({ text })).toJavaScript(), { text });
  });

  it("are read past fields of a later protocol", () => {
    const read = ofBytes((writer) => {
      writer.writeString(7, "later");
      writer.writeMessage(1, "a", (key: string, entry: BinaryWriter) => {
        entry.writeString(1, key);
        entry.writeInt32(9, 1);
        entry.writeMessage(2, [1, 2], (numbers: readonly number[], field: BinaryWriter) => {
          field.writeBool(8, true);
          field.writeMessage(6, numbers, (items: readonly number[], list: BinaryWriter) => {
            list.writeDouble(5, 0);
            for (const item of items) {
              list.writeMessage(1, item, (number: number, each: BinaryWriter) => {
                each.writeDouble(2, number);
              });
            }
          });
        });
      });
    });
    assert.deepEqual(read(), { a: [1, 2] });
  });

  it("are refused when a value is of a kind that the library does not know either", () => {
    const unset = new Struct();
    unset.getFieldsMap().set("a", new Value());
    const inList = new Struct();
    inList.getFieldsMap().set("a", new Value().setListValue(new ListValue().setValuesList([new Value()])));
    for (const message of [unset, inList]) {
      assert.throws(() => message.toJavaScript(), /Unexpected struct type/);
      assert.throws(() => received(message), /of no kind that google.protobuf.Value has/);
    }
  });

  it("can't be taken for empty by code that reads the library's fields", () => {
    assert.throws(() => received(Struct.fromJavaScript({ a: 1 })).getFieldsMap(), /read into an object/);
    assert.equal(Struct.fromJavaScript({ a: 1 }).getFieldsMap().getLength(), 1);
  });
});
