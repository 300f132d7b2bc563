package import Core
import HTTP
import JSON
import NIOHTTP1

// Exchange keeps a header field that it does not know as a named property (MS-OXCMAIL section 2.2.3.2.29), and drops
// one whose name the mailbox has never had as a property.
extension Graph {
  static func property(ofHeader name: String) -> String {
    "String {00020386-0000-0000-C000-000000000046} Name " + name
  }

  /// Whether the message has this header field as a property, by which `find(header:value:)` finds it.
  package func keeps(header name: String, of graphID: String) async throws(Problem) -> Bool {
    let expand = "singleValueExtendedProperties($filter=id eq \(odataQuoted(Self.property(ofHeader: name))))"
    return try await get(
      url: url(of: graphID) + "?" + query([("$select", "id"), ("$expand", expand)])
    ) { (json) throws(ReplyFault) in
      guard json["singleValueExtendedProperties"] != nil else { return false }
      return try !json.list("singleValueExtendedProperties") { $0 }.isEmpty
    }
  }

  /// Gives a draft the property of a header field. From then on the mailbox keeps fields of that name (Microsoft Learn,
  /// "Create single-value extended property").
  package func keep(header name: String, value: String, of graphID: String) async throws(Problem) {
    var body = JSONWriter()
    body.beginObject()
    body.key("singleValueExtendedProperties")
    body.beginArray()
    body.beginObject()
    body.key("id")
    body.string(Self.property(ofHeader: name))
    body.key("value")
    body.string(value)
    body.endObject()
    body.endArray()
    body.endObject()
    let reply = try await exchange(
      .PATCH, url: url(of: graphID), headers: ["Content-Type": "application/json"], body: body.bytes,
      effect: .idempotent)
    guard reply.status == 200 else { throw refusal(reply, effect: .idempotent, needs: .readWrite) }
  }
}
