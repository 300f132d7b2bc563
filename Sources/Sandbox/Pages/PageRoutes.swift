import Core
import Foundation
import HTML
import HTTPTypes
import Hummingbird
import MIME
import NIOCore

extension SandboxState {
  /// The pages for people: `/`, `/mailbox/…`, `/control` and `/requests`.
  func addPageRoutes(to router: Router<SandboxContext>) throws {
    addMailPages(to: router)
    addControlPage(to: router)
    addRequestPages(to: router)
    router.get("/favicon.ico") { _, _ in
      let icon = HouseStyle.mark.text.replacing(
        "<svg ", with: "<svg xmlns=\"http://www.w3.org/2000/svg\" fill=\"#d98e04\" stroke=\"#d98e04\" ",
        maxReplacements: 1)
      return Response(
        status: .ok, headers: [.contentType: "image/svg+xml", .cacheControl: "max-age=86400"],
        body: ResponseBody(byteBuffer: ByteBuffer(string: icon)))
    }
  }

  func page(_ title: String, _ place: Page.Place, _ body: Markup, script: Markup? = nil) -> Page {
    Page(
      title: title + " – Heliograph sandbox", place: place, clockOffset: clock.offset, body: body,
      script: script)
  }

  /// What fails is shown as a page, too.
  func orFailurePage(
    at place: Page.Place, _ body: () async throws -> Response
  ) async throws -> Response {
    do {
      return try await body()
    } catch let error as HTTPError {
      let text = error.body ?? "\(error.status.code) \(error.status.reasonPhrase)"
      let heading = error.status == .notFound ? "Not found" : "Refused"
      let failure = page(heading, place, "<h1>\(heading)</h1>\n<p class=\"fault\">\(.shown(text))</p>")
      return failure.response(status: error.status)
    }
  }
}

// Mail.
extension SandboxState {
  private func addMailPages(to router: Router<SandboxContext>) {
    router.get("/") { [self] _, context in
      let now = clock.now
      let overview = await OverviewPage(
        mailboxes: mail.overview(at: now), newest: mail.newest(OverviewPage.maximumMail, at: now),
        directory: directory, epoch: mail.epoch, origin: context.origin)
      return page("Mail", .mail, overview.body).response()
    }
    router.get("/mailbox/:mailbox") { [self] request, context in
      try await orFailurePage(at: .mail) {
        let name = try FormFields(query: request)["folder"] ?? "inbox"
        let mailbox = try await mail.mailbox(mailbox(named: context), at: clock.now)
        guard let folder = mailbox.folders.folder(key: name) else {
          throw HTTPError(.notFound, message: "There is no folder '\(name)'.")
        }
        let folderPage = await FolderPage(mailbox: mailbox, folder: folder, epoch: mail.epoch)
        return page(folderPage.title, .mail, folderPage.body).response()
      }
    }
    router.get("/mailbox/:mailbox/:item") { [self] request, context in
      try await orFailurePage(at: .mail) {
        let item = try await item(named: context)
        let view = try FormFields(query: request)["view"]
        let message = await SingleMessagePage(item, epoch: mail.epoch, view: view)
        return page(message.title, .mail, message.body).response(showsHTMLMail: message.view == .html)
      }
    }
    router.get("/mailbox/:mailbox/:item/message.eml") { [self] _, context in
      try await orFailurePage(at: .mail) {
        let item = try await item(named: context).item
        return .download(item.message.source.bytes, name: "message.eml")
      }
    }
    router.get("/mailbox/:mailbox/:item/attachments/:index") { [self] _, context in
      try await orFailurePage(at: .mail) {
        let item = try await item(named: context).item
        let files = item.message.attachments
        guard let index = context.parameters.get("index", as: Int.self), files.indices.contains(index) else {
          throw HTTPError(.notFound, message: "This message has no such attachment.")
        }
        return .download(files[index].content, name: files[index].name ?? "attachment")
      }
    }
  }

  private func mailbox(named context: SandboxContext) throws -> MailboxID {
    guard let name = context.parameters.get("mailbox"), let user = directory.user(name), user.hasMailbox,
      let mailbox = MailboxID(user.id)
    else { throw HTTPError(.notFound, message: "There is no such mailbox.") }
    return mailbox
  }

  private func item(named context: SandboxContext) async throws -> FoundMail {
    let mailbox = try mailbox(named: context)
    let name = context.parameters.get("item") ?? ""
    let now = clock.now
    guard let item = try? await mail.item(name.removingPercentEncoding ?? name, in: mailbox, at: now) else {
      throw HTTPError(.notFound, message: "This message is not in the mailbox, or its id has changed.")
    }
    let place = try await mail.count(item.folder, in: mailbox, at: now).node.displayName
    return FoundMail(owner: try await mail.owner(mailbox, at: now), item: item, place: place)
  }
}

// Control.
extension SandboxState {
  private func addControlPage(to router: Router<SandboxContext>) {
    router.get("/control") { [self] request, _ in
      try await orFailurePage(at: .control) {
        let notice = try FormFields(query: request)["done"].flatMap(ControlNotice.init(rawValue:))
        return controlPage(notice: notice).response()
      }
    }
    router.post("/control") { [self] request, _ in
      try await orFailurePage(at: .control) { try await submit(FormFields(body: request)) }
    }
  }

  private func controlPage(notice: ControlNotice? = nil, refused: RefusedForm? = nil) -> Page {
    let users = directory.users.filter { !$0.isBulk }.map(\.userPrincipalName)
    let control = ControlPage(
      faults: faults.all, settings: settings, wallNow: clock.wallNow, offset: clock.offset, users: users,
      notice: notice, refused: refused)
    return page("Control", .control, control.body)
  }

  /// Does what the form says and redirects, so that a reload does not do it again.
  private func submit(_ fields: FormFields) async throws -> Response {
    guard let form = fields["form"].flatMap(ControlForm.init(rawValue:)) else {
      throw HTTPError(.badRequest, message: "This is not a form of the control page.")
    }
    var fields = fields
    fields.fields.removeAll { $0.name == "form" }
    do {
      let notice = try await apply(form, ControlBody(form: fields, emptyIsAbsent: form != .setting))
      let address = "/control?done=\(notice.rawValue)#\(notice.section.rawValue)"
      return Response(status: .seeOther, headers: [.location: address, .cacheControl: "no-store"])
    } catch let refusal as ControlRefusal {
      let refused = RefusedForm(form: form, fields: fields, refusal: refusal)
      return controlPage(refused: refused).response(status: .badRequest)
    }
  }

  private func apply(_ form: ControlForm, _ body: ControlBody) async throws -> ControlNotice {
    var body = body
    switch form {
    case .addFault:
      _ = try addFault(body)
      return .faultAdded
    case .removeFault:
      let id = try body.integer("id", in: 1...Int.max)
      try body.finish(known: ["id"])
      return faults.remove(id ?? 0) ? .faultRemoved : .faultGone
    case .removeFaults:
      try body.finish(known: [])
      faults.removeAll()
      return .faultsRemoved
    case .setting:
      try settings.change(body)
      return .settingChanged
    case .clock:
      try moveClock(body)
      return .clockMoved
    case .reset:
      try body.finish(known: [])
      await reset()
      return .reset
    }
  }
}

// The request log.
extension SandboxState {
  private func addRequestPages(to router: Router<SandboxContext>) {
    router.get("/requests") { [self] request, _ in
      try await orFailurePage(at: .requests) {
        let requests = requestLogPage(try FormFields(query: request))
        return page("Requests", .requests, requests.body, script: RequestLogPage.script).response()
      }
    }
    router.get("/requests/rows") { [self] request, _ in
      let requests = requestLogPage(try FormFields(query: request))
      return page("Requests", .requests, requests.list).response()
    }
    router.get("/requests/:number") { [self] _, context in
      try await orFailurePage(at: .requests) {
        guard let number = context.parameters.get("number", as: Int.self), let entry = log.entry(number)
        else {
          throw HTTPError(.notFound, message: "This request is not in the log, or no longer in it.")
        }
        let request = RequestPage(entry: entry)
        return page(request.title, .requests, request.body).response()
      }
    }
  }

  /// `text` filters; `after` and `log` are the last number and the count of resets that a page knows, which then gets
  /// only what is newer.
  private func requestLogPage(_ fields: FormFields) -> RequestLogPage {
    let text = fields["text"] ?? ""
    let filter = LogFilter(text)
    let known = fields["log"].flatMap { Int($0) } == log.resets ? fields["after"].flatMap { Int($0) } : nil
    let excerpt = log.excerpt(RequestLogPage.maximumRows, after: known ?? 0) { $0.contains(filter) }
    return RequestLogPage(excerpt: excerpt, filter: text)
  }
}

extension Response {
  /// Bytes from a stranger: a browser saves them, and does not show or run them.
  fileprivate static func download(_ bytes: [UInt8], name: String) -> Response {
    var headers: HTTPFields = [
      .contentType: "application/octet-stream", .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
      .contentSecurityPolicy: "default-src 'none'; sandbox",
    ]
    // RFC 8187 section 3.2.1.
    headers[.contentDisposition] = "attachment; filename*=UTF-8''" + percentEncoded(name)
    return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
  }
}
