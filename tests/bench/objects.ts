/** Objects of a simulated account, for tests. */
import type { Props, StoredObject } from "../../local/account/store";

export function object(type: string, id: string, inputs: Props = {}, computed: Props = {}): StoredObject {
  return {
    account: "111122223333",
    region: "eu-central-1",
    type,
    id,
    importId: id,
    inputs,
    computed,
    createdBy: "test",
    state: "available",
  };
}
