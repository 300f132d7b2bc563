import Core
import JSON

// Parameters, bodies and replies of one operation.
extension OpenAPI {
  static func writeParameters(of operation: OperationDescription, to json: inout JSONWriter) {
    var headers = operation.headers
    switch operation.access {
    case .open, .optionalToken: break
    case .workspace, .account, .operator: headers.append(.workspace)
    }
    guard !operation.pathNames.isEmpty || !operation.query.fields.isEmpty || !headers.isEmpty else { return }
    json.member("parameters") { json in
      json.list { json in
        for name in operation.pathNames {
          write(
            parameter: name, in: "path", summary: pathSummaries[name] ?? "",
            .text(TextRule(length: 1...operation.pathLimit, hasLines: false)), to: &json)
        }
        for field in operation.query.fields {
          write(
            parameter: field.name, in: "query", summary: field.summary, field.schema,
            isRequired: field.isRequired,
            defaultText: field.defaultText, to: &json)
        }
        for header in headers {
          write(
            parameter: header.name, in: "header", summary: header.summary, .text(header.rule),
            isRequired: false,
            to: &json)
        }
      }
    }
  }

  /// What a name in a path means.
  static let pathSummaries = [
    "account": "The account's id.",
    "app": "The app's id.",
    "device": "The id of the sign-in.",
    "queueId": "The message's id in the outbox.",
    "listId": "The list, in any case.",
    "token": "The token's id.", "upload": "The upload's id.",
    "message": "The message's id.", "attachment": "The attachment's id.",
    "text": "The `id` of a message's `text`.", "webhookRoute": "The route's id.",
    "template": "The template's id.",
    "workspace": "The workspace's id.",
  ]

  private static func write(
    parameter name: String, in place: String, summary: String, _ schema: Schema, isRequired: Bool = true,
    defaultText: [UInt8]? = nil, to json: inout JSONWriter
  ) {
    json.object {
      $0.member("name", name)
      $0.member("in", place)
      if isRequired { $0.member("required", true) }
      $0.member("description", summary)
      $0.member("schema") { write(schema, defaultText: defaultText, to: &$0) }
    }
  }

  static func writeBody(of operation: OperationDescription, to json: inout JSONWriter) {
    switch operation.bodyForm {
    case .none: break
    case .json: writeJSONBody(operation.body, isRequired: true, to: &json)
    case .optionalJSON: writeJSONBody(operation.body, isRequired: false, to: &json)
    case .stream(let type, let summary):
      json.member("requestBody") { json in
        json.object {
          $0.member("required", true)
          writeContent(type, to: &$0) { json in
            json.object {
              $0.member("type", "string")
              $0.member("description", summary)
            }
          }
        }
      }
    }
  }

  private static func writeJSONBody(_ body: ObjectSchema, isRequired: Bool, to json: inout JSONWriter) {
    json.member("requestBody") { json in
      json.object {
        $0.member("required", isRequired)
        writeContent("application/json", to: &$0) { writeReference(to: body.name, in: &$0) }
      }
    }
  }

  private static func writeContent(
    _ type: String, to json: inout JSONWriter, _ schema: (inout JSONWriter) -> Void
  ) {
    json.member("content") { json in
      json.object { json in
        json.member(type) { json in
          json.object { $0.member("schema", schema) }
        }
      }
    }
  }

  static func writeReplies(of operation: OperationDescription, to json: inout JSONWriter) {
    json.object { json in
      json.member("200") { json in
        json.object { json in
          json.member("description", success(operation))
          switch operation.replyForm {
          case .json:
            writeContent("application/json", to: &json) { writeReference(to: operation.reply.name, in: &$0) }
          case .lines:
            writeContent("application/x-ndjson", to: &json) {
              writeReference(to: operation.reply.name, in: &$0)
            }
          case .document:
            writeContent("application/json", to: &json) { json in json.object { $0.member("type", "object") }
            }
          case .message:
            writeContent("message/rfc822", to: &json) { json in json.object { $0.member("type", "string") } }
          case .file:
            writeContent("application/octet-stream", to: &json) { json in
              json.object { $0.member("type", "string") }
            }
          case .events:
            writeContent("text/event-stream", to: &json) { json in json.object { $0.member("type", "string") }
            }
          }
        }
      }
      let problems = operation.allProblems
      for status in Set(problems.map(\.status)).sorted() {
        let own = unique(problems.filter { $0.status == status })
        json.member(String(status)) { json in
          if own == OperationDescription.general(status) {
            json.object { $0.member("$ref", "#/components/responses/\(componentName(status))") }
          } else {
            writeRefusal(status, meanings(of: own), to: &json)
          }
        }
      }
      json.member("default") { json in json.object { $0.member("$ref", "#/components/responses/Refusal") } }
    }
  }

  /// The refusals that are the same for many operations.
  static func writeReplyComponents(to json: inout JSONWriter) {
    json.object { json in
      json.member("Refusal") { writeRefusal(nil, "Any other refusal.", to: &$0) }
      for status in OperationDescription.generalStatuses {
        json.member(componentName(status)) {
          writeRefusal(status, meanings(of: OperationDescription.general(status)), to: &$0)
        }
      }
    }
  }

  private static func componentName(_ status: Int) -> String { "Refusal\(status)" }

  private static func unique(_ codes: [ProblemCode]) -> [ProblemCode] {
    var told: Set<ProblemCode> = []
    return codes.filter { told.insert($0).inserted }
  }

  private static func success(_ operation: OperationDescription) -> String {
    switch operation.replyForm {
    case .json: operation.reply.summary
    case .lines: "One JSON object a line, written while the list is read."
    case .document: "This description."
    case .message: "The message."
    case .file: "The bytes, with their own media type."
    case .events: "Events, for as long as the client stays connected."
    }
  }

  /// Each code with its sentence from the catalogue.
  private static func meanings(of codes: [ProblemCode]) -> String {
    codes.map { "- `\($0.rawValue)`: \($0.meaning)" }.joined(separator: "\n")
  }

  private static func writeRefusal(_ status: Int?, _ description: String, to json: inout JSONWriter) {
    json.object { json in
      json.member("description", description)
      if let status, [409, 429, 502, 503].contains(status) {
        json.member("headers") { json in
          json.object { $0.member("Retry-After") { writeRetryAfter(to: &$0) } }
        }
      }
      writeContent("application/json", to: &json) {
        writeReference(to: ErrorReply.fields.schema.name, in: &$0)
      }
    }
  }

  private static func writeRetryAfter(to json: inout JSONWriter) {
    json.object {
      $0.member("description", "After how many seconds the request may be repeated, if waiting can help.")
      $0.member("schema") { json in
        json.object {
          $0.member("type", "integer")
          $0.member("minimum", 1)
        }
      }
    }
  }
}
