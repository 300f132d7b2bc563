import JSON
import Testing

@testable import Webhooks

@Suite struct FilterTests {
  private static let event: JSONValue = [
    "event": "messageFailed", "account": "anna", "sequence": 7,
    "data": [
      "problem": "graph.throttled",
      "envelope": ["from": "a@x.example", "to": ["b@y.example", "c@z.example"]],
      "job": ["attempts": 3], "gone": .null,
    ],
  ]

  @Test(arguments: [
    (#"{"field":"event","operator":"equals","value":"messageFailed"}"#, true),
    (#"{"field":"event","operator":"equals","value":"messageSent"}"#, false),
    (#"{"field":"event","operator":"notEquals","value":"messageSent"}"#, true),
    (#"{"field":"data.job.attempts","operator":"equals","value":3}"#, true),
    (#"{"field":"data.job.attempts","operator":"equals","value":"3"}"#, false),
    (#"{"field":"data.job.attempts","operator":"greaterThan","value":2}"#, true),
    (#"{"field":"data.job.attempts","operator":"lessThan","value":3}"#, false),
    (#"{"field":"data.problem","operator":"startsWith","value":"graph."}"#, true),
    (#"{"field":"data.problem","operator":"endsWith","value":"throttled"}"#, true),
    (#"{"field":"data.envelope.to","operator":"equals","value":"c@z.example"}"#, true),
    (#"{"field":"data.envelope.to","operator":"endsWith","value":"@y.example"}"#, true),
    (#"{"field":"data.envelope.to.1","operator":"equals","value":"c@z.example"}"#, true),
    (#"{"field":"data.envelope.to.2","operator":"exists","value":false}"#, true),
    (#"{"field":"data.envelope.to","operator":"in","value":["q@q.example","b@y.example"]}"#, true),
    (#"{"field":"account","operator":"in","value":["bert"]}"#, false),
    (#"{"field":"data.nothing","operator":"exists"}"#, false),
    (#"{"field":"data.nothing","operator":"notEquals","value":1}"#, true),
    (#"{"field":"data.nothing","operator":"contains","value":""}"#, false),
    (
      #"{"all":[{"field":"account","operator":"equals","value":"anna"},{"any":[{"field":"sequence","operator":"equals","value":1},{"field":"sequence","operator":"equals","value":7}]}]}"#,
      true
    ),
    (
      #"{"any":[{"field":"account","operator":"equals","value":"bert"},{"all":[{"field":"sequence","operator":"equals","value":8}]}]}"#,
      false
    ),
  ])
  func `a filter holds or does not`(text: String, holds: Bool) throws {
    #expect(try EventFilter(JSONValue(parsing: text)).matches(Self.event) == holds)
  }

  @Test(arguments: [
    (#"[]"#, "filter", "must be an object with all, any or field"),
    (#"{}"#, "filter.field", "must name a field of the event, such as data.envelope.from"),
    (#"{"all":[]}"#, "filter.all", "must be a list of rules that is not empty"),
    (
      #"{"all":[{"field":"a","operator":"equals","value":1}],"any":[]}"#, "filter",
      "must have nothing beside all"
    ),
    (
      #"{"field":"a..b","operator":"exists"}"#, "filter.field",
      "must name a field of the event, such as data.envelope.from"
    ),
    (
      #"{"field":"a","operator":"like","value":"x"}"#, "filter.operator",
      "must be one of equals, notEquals, contains, startsWith, endsWith, in, exists, greaterThan, lessThan"
    ),
    (#"{"any":[{"field":"a","operator":"in","value":"x"}]}"#, "filter.any[0].value", "must be a list"),
    (#"{"field":"a","operator":"contains","value":1}"#, "filter.value", "must be a string"),
    (#"{"field":"a","operator":"equals"}"#, "filter.value", "is required"),
    (#"{"field":"a","operator":"exists","value":"yes"}"#, "filter.value", "must be true or false"),
    (
      #"{"field":"a","operator":"equals","value":1,"not":true}"#, "filter.not",
      "is unknown; a rule has field, operator and value, or all, or any"
    ),
  ])
  func `a faulty filter is refused with its place`(text: String, field: String, message: String) throws {
    let fault = #expect(throws: RouteFault.self) { try EventFilter(JSONValue(parsing: text)) }
    #expect(fault == RouteFault(field, message))
  }

  @Test func `a filter a hundred levels deep, or of thousands of rules, is refused`() throws {
    let rule = #"{"field":"a","operator":"exists"}"#
    func deep(_ levels: Int) -> String {
      String(repeating: #"{"all":["#, count: levels) + rule + String(repeating: "]}", count: levels)
    }
    #expect(throws: RouteFault("filter", "is nested more than 8 levels deep")) {
      try EventFilter(JSONValue(parsing: deep(9)))
    }
    #expect(try !EventFilter(JSONValue(parsing: deep(8))).matches([:]))
    // No JSON of the API is as deep as that.
    #expect(throws: JSONError.self) { try JSONValue(parsing: deep(100)) }
    let wide = #"{"any":["# + Array(repeating: rule, count: 5000).joined(separator: ",") + "]}"
    #expect(throws: RouteFault("filter", "has more than 100 rules")) {
      try EventFilter(JSONValue(parsing: wide))
    }
  }

  @Test func `a payload takes the place of the event, with values of their types`() throws {
    let template = try PayloadTemplate(
      JSONValue(
        parsing: #"""
          {"text":"{{ event }} of {{account}}: {{data.problem}}{{data.nothing}}","attempts":"{{data.job.attempts}}",
           "to":["{{data.envelope.to}}","{{data.envelope.to.0}}"],"none":"{{data.nothing}}","fixed":true}
          """#))
    let expected: JSONValue = [
      "text": "messageFailed of anna: graph.throttled", "attempts": 3,
      "to": [["b@y.example", "c@z.example"], "b@y.example"], "none": .null, "fixed": true,
    ]
    #expect(template.rendered(Self.event) == expected)
    // A value cannot leave its string.
    let hostile: JSONValue = ["event": #"","admin":true,"x":"{{account}}"#, "account": "anna"]
    #expect(
      template.rendered(hostile)["text"]?.string == #"","admin":true,"x":"{{account}} of anna: "#)
  }

  @Test(arguments: [
    (#""text""#, "payload", "must be an object or a list"),
    (#"{"a":{"b":"x {{event"}}"#, "payload.a.b", "has a placeholder that is not closed by }}"),
    (#"{"a":["{{}}"]}"#, "payload.a[0]", "has the placeholder {{}}, which names no field"),
  ])
  func `a faulty payload is refused with its place`(text: String, field: String, message: String) throws {
    let fault = #expect(throws: RouteFault.self) { try PayloadTemplate(JSONValue(parsing: text)) }
    #expect(fault == RouteFault(field, message))
  }
}
