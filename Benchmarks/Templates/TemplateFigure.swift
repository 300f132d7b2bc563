import Foundation
import Glibc
import JSON
import Mustache

/// How fast a newsletter is parsed and rendered for one recipient, with names, escaping and limits of ours, beside
/// swift-mustache alone with the same template and the same values.
@main
struct TemplateFigure {
  let rounds: Int

  static func main() throws {
    guard CommandLine.arguments.count == 2, let rounds = Int(CommandLine.arguments[1]), rounds > 0 else {
      exit(2)
    }
    print(try TemplateFigure(rounds: rounds).table())
  }

  private func table() throws -> String {
    var table = Table(
      "Template, bytes", "Parsing, µs", "Mustache alone, µs", "Over it", "Rendering, µs",
      "Mustache alone, µs",
      "Over it")
    for paragraphs in [2, 40, 200] {
      let text = Self.template(paragraphs)
      let (ours, alone) = (try TemplateText(text), try MustacheTemplate(string: text))
      let rendered = ours.rendered([Self.params], as: .html, limits: Self.limits)
      guard rendered.fault == nil, rendered.missing.isEmpty, rendered.text == alone.render(Self.values) else {
        throw Failure(description: "The two are rendered differently.")
      }
      var samples = [Samples](repeating: Samples(), count: 4)
      for _ in 1...rounds {
        samples[0].add(try microseconds(200_000 / text.utf8.count) { _ = try TemplateText(text) })
        samples[1].add(try microseconds(200_000 / text.utf8.count) { _ = try MustacheTemplate(string: text) })
        samples[2].add(
          microseconds(2_000_000 / text.utf8.count) {
            _ = ours.rendered([Self.params], as: .html, limits: Self.limits)
          })
        samples[3].add(microseconds(2_000_000 / text.utf8.count) { _ = alone.render(Self.values) })
      }
      table.add(
        "\(text.utf8.count)", samples[0].text(), samples[1].text(),
        samples[0].over(samples[1]).text(decimals: 2),
        samples[2].text(), samples[3].text(), samples[2].over(samples[3]).text(decimals: 2))
    }
    return table.text
  }

  /// The fastest of five passes, in processor time of this thread.
  private func microseconds(_ count: Int, _ body: () throws -> Void) rethrows -> Double {
    let count = max(1, count)
    return try (1...5).map { _ in
      let start = Self.processorTime()
      for _ in 0..<count { try body() }
      return (Self.processorTime() - start) * 1e6 / Double(count)
    }.min() ?? .nan
  }

  private static func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  private static let limits = TemplateLimits(steps: 100_000, bytes: 5_242_880)

  private static func template(_ paragraphs: Int) -> String {
    let paragraph =
      "<p style=\"margin:0 0 12px\">Dear {{name}}, we write to you because you asked us to tell you what becomes "
      + "of your order {{order.number}}. {{#paid}}It is paid.{{/paid}}{{^paid}}It is not paid.{{/paid}}</p>\n"
    return "<html><head><style>p { margin: 0 } td { padding: 4px }</style></head><body>\n"
      + String(repeating: paragraph, count: paragraphs)
      + "<table>{{#items}}<tr><td>{{title}}</td><td>{{price}}</td></tr>{{/items}}</table></body></html>\n"
  }

  private static let params: JSONValue = [
    "name": "Zoë & Max", "order": ["number": "100001"], "paid": true,
    "items": .array((1...20).map { ["title": .string("Tea no. \($0)"), "price": "4.50"] }),
  ]
  private static let values: [String: any Sendable] = [
    "name": "Zoë & Max", "order": ["number": "100001"], "paid": true,
    "items": (1...20).map { ["title": "Tea no. \($0)", "price": "4.50"] },
  ]
}
