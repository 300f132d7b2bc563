package import Accounts
package import Core
import Foundation
import Store

extension Sandboxed {
  package func addWebApp(skip: [String] = []) async throws -> AppID {
    try await house.addApp(clientID: Self.web.id, secret: Self.web.secret, skip: skip)
  }

  package func addDaemon(secret: String = Self.daemon.secret) async throws -> AppID {
    try await house.addApp(
      .outlookService, clientID: Self.daemon.id, secret: secret, authority: "contoso.test")
  }

  /// The whole way: a link, its page, Microsoft's pages as a browser without scripts sees them, the callback.
  package func connect(_ form: NewForm, as user: String, app: AppID? = nil) async throws -> SignInOutcome {
    let link = try await house.signIn.form(form, in: .default)
    let started = try await start(link, app: app)
    return try await finish(try await callback(started, as: user), started)
  }

  /// An account of somebody who has signed in.
  package func connected(_ id: String, as user: String, app: AppID) async throws -> AccountID {
    let form = NewForm(account: AccountID(id), app: app, redirectURL: "https://a.example/done")
    guard case .connected(let account, _, _) = try await connect(form, as: user) else {
      throw CancellationError()
    }
    return account
  }

  package func start(_ link: String, app: AppID? = nil) async throws -> SignInStart {
    let fields = query(link)
    let (data, sig) = (fields["data"] ?? "", fields["sig"] ?? "")
    guard case .open(let page) = try await house.signIn.page(data: data, sig: sig),
      let choice = app ?? page.apps.first?.id
    else { throw CancellationError() }
    return try await house.signIn.begin(data: data, sig: sig, app: choice)
  }

  package func finish(_ callback: [String: String], _ started: SignInStart) async throws -> SignInOutcome {
    try await house.signIn.complete(callback, cookies: [started.cookie.name: started.cookie.value.reveal()])
  }

  /// Picks the account, accepts, and returns the query with which the browser comes back to us.
  package func callback(
    _ started: SignInStart, as user: String, decision: String = "accept"
  ) async throws -> [String: String] {
    var answer = try await send("GET", started.authorizeURL)
    for press in [["username": user], ["username": user, "decision": decision]] {
      if answer.location != nil { break }
      guard let form = Form(answer.body) else { throw UnexpectedAnswer(answer: answer) }
      let fields = form.fields.merging(press) { $1 }
      answer = try await send(
        "POST", form.action, type: "application/x-www-form-urlencoded", body: encoded(fields))
    }
    guard let location = answer.location, location.hasPrefix(House.publicURL + "/oauth?") else {
      throw UnexpectedAnswer(answer: answer)
    }
    return query(location)
  }

  package func query(_ url: String) -> [String: String] {
    let items = URLComponents(string: url)?.queryItems ?? []
    return Dictionary(items.map { ($0.name, $0.value?.replacing("+", with: " ") ?? "") }) { $1 }
  }

  private func encoded(_ fields: [String: String]) -> String {
    fields.map { name, value in
      let unreserved = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-._~"))
      return name + "=" + (value.addingPercentEncoding(withAllowedCharacters: unreserved) ?? "")
    }.joined(separator: "&")
  }
}

/// The first form of a page, with its hidden fields.
package struct Form {
  package var action: String
  package var fields: [String: String] = [:]

  package init?(_ page: String) {
    guard let form = page.firstMatch(of: /<form action="([^"]*)" method="post">([\s\S]*?)<\/form>/) else {
      return nil
    }
    action = Self.plain(form.1)
    for hidden in form.2.matches(of: /<input type="hidden" name="([^"]*)" value="([^"]*)">/) {
      fields[Self.plain(hidden.1)] = Self.plain(hidden.2)
    }
  }

  private static func plain(_ html: Substring) -> String {
    String(html).replacing("&quot;", with: "\"").replacing("&#39;", with: "'").replacing("&lt;", with: "<")
      .replacing("&gt;", with: ">").replacing("&amp;", with: "&")
  }
}
