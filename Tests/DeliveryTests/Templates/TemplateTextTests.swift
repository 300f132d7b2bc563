import JSON
import Testing

@testable import Delivery

/// What templates may say, and what becomes of it.
@Suite struct TemplateTextTests {
  @Test(
    arguments: [
      ("Hello {{name}}!", "Hello Ada!"), ("{{ name }}", "Ada"), ("{{params.name}}", "Ada"),
      ("{{address.city}}", "Zürich"), ("{{n}} {{yes}} {{price}}", "7 true 1.5"),
      ("{{#yes}}A{{/yes}}{{^yes}}B{{/yes}}", "A"), ("{{#no}}A{{/no}}{{^no}}B{{/no}}", "B"),
      ("{{#zero}}A{{/zero}}{{^zero}}B{{/zero}}", "B"), ("{{#empty}}A{{/empty}}{{^empty}}B{{/empty}}", "B"),
      ("{{#nothing}}A{{/nothing}}{{^nothing}}B{{/nothing}}", "B"), ("{{#list}}A{{/list}}", ""),
      ("{{#address}}{{city}} {{name}}{{/address}}", "Zürich Ada"),
      ("{{#items}}{{title}}: {{n}}; {{/items}}", "a: 1; b: 7; "), ("{{#tags}}{{.}},{{/tags}}", "x,y,"),
      ("{{#name}}{{.}}{{/name}}", "Ada"),
      ("{{#items}}{{#address}}{{city}}{{/address}}{{/items}}", "ZürichZürich"),
      ("{{! a comment }}x", "x"), ("a { b } }} {", "a { b } }} {"), ("", ""), ("{{grüße}}", "hi"),
      ("{{#yes}}\n  {{name}}\n{{/yes}}\nend", "  Ada\nend"), ("a\r\n {{! x }} \r\nb", "a\r\nb"),
      ("| {{#yes}}\n|{{/yes}}\n", "| \n|\n"), ("{{#yes}} {{#yes}}x{{/yes}} {{/yes}}", " x "),
    ])
  func `a template is rendered as Mustache has it`(template: String, expected: String) throws {
    #expect(try rendered(template, as: .text).text == expected)
  }

  @Test func `values are escaped in HTML, by bytes and not by characters`() throws {
    let cases: [(JSONValue, String)] = [
      ("<b>", "&lt;b&gt;"), ("a & b", "a &amp; b"), ("\"'", "&quot;&#39;"),
      ("<\u{338}script>", "&lt;\u{338}script&gt;"), ("\"\u{301} x", "&quot;\u{301} x"),
      ("<\u{200D}", "&lt;\u{200D}"),
      ("&\u{FE0F}", "&amp;\u{FE0F}"),
    ]
    for (value, expected) in cases {
      let params: JSONValue = ["v": value]
      #expect(bytes(try rendered("<p>{{v}}</p>", params, as: .html).text) == bytes("<p>\(expected)</p>"))
      for raw in ["{{{v}}}", "{{&v}}"] {
        #expect(bytes(try rendered(raw, params, as: .html).text) == bytes(value.string ?? ""))
      }
      #expect(bytes(try rendered("{{v}}", params, as: .text).text) == bytes(value.string ?? ""))
    }
  }

  @Test(
    arguments: [
      ("{{name", 1, "does not end with }}"), ("a\nb {{{name}} c", 2, "does not end with }}}"),
      ("{{#a}}\n{{/b}}", 2, "“a” has to be closed first"), ("x\n{{#a}}", 2, "“a” is not closed"),
      ("{{/a}}", 1, "not opened"), ("{{}}", 1, "is not a name"), ("{{a..b}}", 1, "is not a name"),
      ("{{> header}}", 1, "partials"), ("{{< page}}", 1, "partials"), ("{{$title}}", 1, "partials"),
      ("{{=<% %>=}}", 1, "delimiters"), ("{{% CONTENT_TYPE:TEXT}}", 1, "pragmas"),
      ("{{upper(name)}}", 1, "calls a function"), ("{{#if x}}{{/if}}", 1, "write {{#x}}…{{/x}}"),
      ("{{#each items}}", 1, "write {{#items}}…{{/items}}"), ("{{#unless x}}", 1, "write {{^x}}…{{/x}}"),
      ("{{#x}}{{else}}{{/x}}", 1, "write {{^x}}…{{/x}}"), ("{{this}}", 1, "write {{.}}"),
      ("{{this.name}}", 1, "write {{name}}"), ("{{../name}}", 1, "leave out ../"), ("{{@index}}", 1, "loops"),
      ("{{formatDate now}}", 1, "no helpers"), ("{{~name}}", 1, "leave out ~"),
      (String(repeating: "{{#a}}", count: 11), 1, "more than 10 deep"),
      (String(repeating: "{{a}}", count: 10_001), 1, "more than 10000 tags"),
      (String(repeating: "{{name}}  \n", count: 100_000), 10_001, "more than 10000 tags"),
    ])
  func `what is not Mustache is refused with its line and what to write`(
    template: String, line: Int, message: String
  ) {
    let fault = #expect(throws: TemplateFault.self) { try TemplateText(template) }
    #expect(fault?.line == line)
    #expect(fault?.message.contains(message) == true, "\(fault?.message ?? "")")
  }

  @Test func `missing names are told once each, also those in sections that are shown`() throws {
    let template = "{{a}} {{a}} {{b.c}} {{#yes}}{{d}}{{/yes}}{{#no}}{{e}}{{/no}}{{#f}}x{{/f}}{{g}}"
    let names = try rendered(template, ["yes": true, "no": false, "g": .null, "b": [:]]).missing.map(
      \.description)
    #expect(names == ["a", "b.c", "d", "g"])
  }

  @Test func `a header takes one line, and no text takes NUL`() throws {
    for control in ["\n", "\r", "\u{0}", "\u{7F}", "\u{85}"] {
      let fault = try rendered("Re: {{v}}", ["v": .string("a\(control)Bcc: x")], as: .line).fault
      #expect(fault?.message.contains("“v” has the control character U+") == true)
    }
    #expect(try rendered("{{v}}", ["v": "a\nb"], as: .html).fault == nil)
    #expect(try rendered("{{v}}", ["v": "a\u{0}b"], as: .html).fault != nil)
  }

  @Test func `lists and objects are not text`() throws {
    for value: JSONValue in [["a"], ["a": 1]] {
      #expect(try rendered("{{v}}", ["v": value]).fault?.message.contains("cannot be shown as text") == true)
    }
  }

  @Test func `a loop in a loop in a loop is stopped`() throws {
    let many = JSONValue.array(Array(repeating: 1, count: 1000))
    let template = "{{#a}}{{#a}}{{#a}}x{{/a}}{{/a}}{{/a}}"
    let clock = ContinuousClock()
    var result: RenderedText?
    let time = try clock.measure { result = try rendered(template, ["a": many]) }
    #expect(result?.fault == .tooManySteps(100_000))
    #expect(time < .seconds(60))
    let empty = try rendered("{{#a}}{{#a}}{{#a}}{{/a}}{{/a}}{{/a}}", ["a": many])
    #expect(empty.fault == .tooManySteps(100_000))
  }

  @Test func `a text that grows too long is stopped`() throws {
    let long = JSONValue.string(String(repeating: "x", count: 10_000))
    let result = try rendered(
      "{{#a}}{{long}}{{/a}}", ["a": .array(Array(repeating: 1, count: 1000)), "long": long], bytes: 100_000)
    #expect(result.fault == .tooLong(100_000))
    #expect(result.text.utf8.count <= 100_000)
  }

  /// Mustache's own parser takes minutes for it.
  @Test func `a template of a megabyte with as many tags as there may be is read in time`() throws {
    let line = "<p style=\"{}\">" + String(repeating: "ä", count: 40) + "{{name}}</p>\n"
    let template = String(repeating: line, count: 9_999) + "{{#items}}{{n}}{{/items}}".prefix(0)
    #expect(template.utf8.count > 1_000_000)
    let time = try ContinuousClock().measure {
      let result = try rendered(template, as: .html)
      #expect(result.fault == nil)
      #expect(result.text == template.replacing("{{name}}", with: "Ada"))
    }
    #expect(time < .seconds(60))
  }

  @Test func `a section of ten thousand tags, ten deep, is rendered on a small stack`() async throws {
    let inner = String(repeating: "{{n}}", count: 9_980)
    let names = Array(repeating: "yes", count: 10)
    let template =
      names.map { "{{#\($0)}}" }.joined() + inner + names.map { "{{/\($0)}}" }.joined()
    let result = try await Task.detached { try rendered(template) }.value
    #expect(result.text == String(repeating: "7", count: 9_980))
  }
}

private let sample: JSONValue = [
  "name": "Ada", "n": 7, "yes": true, "no": false, "zero": 0, "empty": "", "nothing": .null, "list": [],
  "grüße": "hi", "price": 1.5, "address": ["city": "Zürich"],
  "items": [["title": "a", "n": 1], ["title": "b"]], "tags": ["x", "y"],
]

private func rendered(
  _ template: String, _ params: JSONValue = sample, as form: TemplateForm = .text, bytes: Int = 5_242_880
) throws -> RenderedText {
  try TemplateText(template).rendered(
    [params, ["params": params]], as: form, limits: TemplateLimits(steps: 100_000, bytes: bytes))
}

/// Two spellings that Swift holds equal are two.
private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
