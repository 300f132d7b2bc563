import Foundation

/// The blocks of a page as one shell session.
struct ReadmeSession {
  /// How a block is run. A comment before the block says so; without one, a shell block is run.
  enum Step {
    /// Run to its end, with status 0.
    case run
    /// `<!-- runs on -->`: one command that goes on until Ctrl-C. The one before it is stopped first.
    case runsOn
    /// `<!-- post: PATH -->`: a body for the REST API.
    case post(path: String)
    /// `<!-- not run: REASON -->`
    case skip(reason: String)
  }

  let blocks: [(block: MarkdownBlock, step: Step)]

  /// - Throws: what is wrong with a block or its comment.
  init(_ page: String) throws {
    blocks = try MarkdownBlock.all(of: page).map { ($0, try Step($0)) }
  }

  /// - Parameters:
  ///   - names: what stands in the page for values of the reader's own, and shell words for it.
  ///   - gateway: its origin, where `runs on` waits for an answer.
  func script(replacing names: [(name: String, value: String)], demo: [String], gateway: String) throws
    -> String
  {
    var script = Self.preamble(demo: demo, gateway: gateway)
    for (block, step) in blocks {
      let text = try names.reduce(block.text) { text, name in
        // Whole words: HELIOGRAPH_REFRESH_TOKEN is no REFRESH_TOKEN.
        try text.replacing(
          Regex("\\b\(NSRegularExpression.escapedPattern(for: name.name))\\b"), with: name.value)
      }
      switch step {
      case .skip: continue
      case .run: script += "at \(block.line)\n\(text)\n"
      case .runsOn: script += "at \(block.line)\nstop\nexec \(text) >runs-on.out 2>&1 &\nlast=$!\nup\n"
      case .post(let path): script += "at \(block.line)\npost \(path) <<END_OF_BODY\n\(text)\nEND_OF_BODY\n"
      }
      // The page calls what this command prints APP_ID.
      if text.contains("heliograph app add") {
        script +=
          "apps=$(heliograph app list --json)\n[[ $apps =~ app_[a-z0-9]+ ]]\nAPP_ID=${BASH_REMATCH[0]}\n"
      }
    }
    return script
  }

  private static func preamble(demo: [String], gateway: String) -> String {
    """
    set -euo pipefail
    cd "$README_FOLDER"
    at() { echo "--- README.md:$1"; }
    stop() { kill -TERM "$last"; wait "$last" || true; }
    up() { until command curl -s \(gateway)/health >/dev/null; do kill -0 "$last"; sleep 0.1; done; }
    post() {
      curl -sS "$HELIOGRAPH_URL$1" -H "Authorization: Bearer $HELIOGRAPH_TOKEN" \\
        -H "Content-Type: application/json" --data-binary @-
    }
    # A request that is refused fails its block.
    curl() { command curl --fail-with-body "$@"; }
    exec heliograph \(demo.joined(separator: " ")) >demo.out 2>&1 &
    last=$!
    trap 'kill -9 "$last" || true' EXIT
    until exports=$(grep -E '^ *export ' demo.out); do kill -0 "$last"; sleep 0.1; done
    eval "$exports"

    """
  }
}

extension ReadmeSession.Step {
  init(_ block: MarkdownBlock) throws {
    func fault(_ words: String) -> UnexpectedAnswer {
      UnexpectedAnswer(description: "README.md:\(block.line): \(words)")
    }
    let mark = block.mark ?? ""
    if let match = mark.wholeMatch(of: /not run: (.*)/) {
      guard match.1.count >= 15 else { throw fault("the comment does not say why the block is not run") }
      self = .skip(reason: String(match.1))
      return
    }
    switch block.language {
    case "sh", nil:
      if mark == "runs on" {
        guard !block.text.contains("\n") else { throw fault("only one command can run on") }
        self = .runsOn
      } else if mark.isEmpty {
        self = .run
      } else {
        throw fault("<!-- \(mark) --> says nothing about a shell block")
      }
    case "json":
      guard let match = mark.wholeMatch(of: /post: (\/\S+)/) else {
        throw fault("a comment must say where the JSON is posted, or why it is not")
      }
      do {
        _ = try JSONDecoder().decode(JSON.self, from: Data(block.text.utf8))
      } catch {
        throw fault("not JSON: \(error)")
      }
      self = .post(path: String(match.1))
    case let language?: throw fault("\(language) is neither sh nor json")
    }
  }
}
