/// A code block of a Markdown page, fenced or indented.
struct MarkdownBlock: Sendable {
  /// Of the first line of its text, from 1.
  let line: Int
  /// `nil` for an indented block and for a fence without a language.
  let language: String?
  /// Without the indentation of the block itself.
  let text: String
  /// The comment on the line before the block, which says how a test treats it.
  let mark: String?

  /// All blocks of a page, in order.
  static func all(of page: String) -> [MarkdownBlock] {
    var scanner = MarkdownScanner()
    for line in page.split(separator: "\n", omittingEmptySubsequences: false) { scanner.take(line) }
    scanner.end()
    return scanner.blocks
  }
}

/// Reads a page line by line; as much of CommonMark as our pages use.
private struct MarkdownScanner {
  private(set) var blocks: [MarkdownBlock] = []
  private var number = 0
  private var mark: String?
  /// Where the text of the list item begins that the current line may belong to.
  private var listIndentation = 0
  private var isAfterBlank = true
  private var open: Open?

  private struct Open {
    let line: Int
    let language: String?
    let mark: String?
    let indentation: Int
    /// `nil` for an indented block.
    let fence: Substring?
    var lines: [Substring] = []
  }

  mutating func take(_ line: Substring) {
    number += 1
    let content = line.drop { $0 == " " }
    let indentation = line.count - content.count
    if var block = open {
      let isOver =
        block.fence.map { content.hasPrefix($0) } ?? (!content.isEmpty && indentation < block.indentation)
      guard isOver else {
        block.lines.append(line.dropFirst(min(indentation, block.indentation)))
        open = block
        return
      }
      end()
      if block.fence != nil { return }
    }
    begin(line, content, indentation)
  }

  mutating func end() {
    guard let block = open else { return }
    let lines = block.fence == nil ? block.lines.reversed().drop(while: \.isEmpty).reversed() : block.lines
    blocks.append(
      MarkdownBlock(
        line: block.line, language: block.language, text: lines.joined(separator: "\n"), mark: block.mark))
    (open, isAfterBlank) = (nil, true)
  }

  private mutating func begin(_ line: Substring, _ content: Substring, _ indentation: Int) {
    // A comment ends a paragraph, as an empty line does.
    var isComment = false
    defer { isAfterBlank = content.isEmpty || isComment }
    guard !content.isEmpty else { return }
    if indentation < listIndentation, isAfterBlank { listIndentation = 0 }
    if let fence = content.prefixMatch(of: /(```+|~~~+)\s*(\w*)/) {
      let language = fence.2.isEmpty ? nil : String(fence.2)
      open = Open(line: number + 1, language: language, mark: mark, indentation: indentation, fence: fence.1)
    } else if isAfterBlank, indentation >= listIndentation + 4 {
      let margin = listIndentation + 4
      open = Open(
        line: number, language: nil, mark: mark, indentation: margin, fence: nil,
        lines: [line.dropFirst(margin)])
    } else if let comment = content.wholeMatch(of: /<!--\s*(.*?)\s*-->\s*/) {
      (mark, isComment) = (String(comment.1), true)
      return
    } else if let item = content.prefixMatch(of: /([-*+]|\d+\.)\s+/) {
      listIndentation = indentation + item.0.count
    }
    mark = nil
  }
}
