import Core
import HTML

/// `GET /control`: faults, settings and clock, each with the buttons that change them.
struct ControlPage: Sendable {
  enum Section: String, Sendable { case faults, settings, clock, reset }

  var faults: [Fault]
  var settings: SandboxSettings
  /// The machine's time, and what the sandbox's clock adds to it.
  var wallNow: Instant
  var offset: Duration
  /// User principal names to choose from.
  var users: [String]
  var notice: ControlNotice?
  var refused: RefusedForm?

  var body: Markup {
    """
    <h1>Control</h1>
    \(Markup(unplacedFault) { "<p class=\"fault\" role=\"alert\">Nothing was changed. \($0)</p>\n" })\(faultSection)
    \(settingSection)
    \(clockSection)
    \(resetSection)
    <p class="note">Programs do the same, and more, in JSON under <code>/sandbox/</code>, or with
    <code>heliograph sandbox fault</code>, <code>clock</code> and <code>reset</code>.</p>
    """
  }

  private func section(_ section: Section, _ heading: Markup, _ content: Markup) -> Markup {
    let done = Markup(notice.flatMap { $0.section == section ? $0 : nil }) {
      "<p class=\"done\" role=\"status\">\($0.words)</p>\n"
    }
    return """
      <section class="card" id="\(section.rawValue)" aria-labelledby="\(section.rawValue)-heading">
      <h2 id="\(section.rawValue)-heading">\(heading)</h2>
      \(done)\(content)
      </section>
      """
  }

  /// - Parameter style: the form's class.
  private func form(_ form: ControlForm, style: String? = nil, _ controls: Markup) -> Markup {
    """
    <form action="/control" method="post"\(Markup(style) { " class=\"\($0)\"" })>
    <input type="hidden" name="form" value="\(form.rawValue)">
    \(controls)</form>

    """
  }

  /// What was entered, if the form was refused.
  private func entered(_ name: String, in form: ControlForm) -> String? {
    refused?.form == form ? refused?.fields[name] : nil
  }

  /// Why a form was refused that has no place for it.
  private var unplacedFault: String? {
    guard let refused else { return nil }
    let field = refused.refusal.field
    let isPlaced =
      switch refused.form {
      case .addFault: true
      case .setting: SandboxSettings.all.contains { $0.name == field }
      case .clock: field == "advanceSeconds"
      case .removeFault, .removeFaults, .reset: false
      }
    return isPlaced ? nil : refused.refusal.message
  }

  /// Why the form was refused: at its field, or, without a name, for all of it.
  private func fault(_ name: String?, in form: ControlForm) -> String? {
    refused?.form == form && refused?.refusal.field == name ? refused?.refusal.message : nil
  }
}

// Faults.
extension ControlPage {
  private var faultSection: Markup {
    let rows = faults.map { fault -> Markup in
      let label: Markup = "Remove<span class=\"unseen\"> fault \(fault.id)</span>"
      let remove = form(
        .removeFault, "<button class=\"second\" name=\"id\" value=\"\(fault.id)\">\(label)</button>\n")
      return "<li><div>\(fault.scope):<br>\(fault.effect)</div>\n\(remove)</li>\n"
    }
    let present: Markup =
      rows.isEmpty
      ? "<p class=\"dim\">No faults: every request is answered as Microsoft answers it.</p>"
      : "<ul class=\"rows faults\">\(Markup(joining: rows))</ul>"
    let removeAll: Markup =
      rows.count > 1 ? form(.removeFaults, "<button class=\"second\">Remove all faults</button>\n") : ""
    let presets = FaultPreset.all.map { preset in
      let fields = preset.fields.map { field -> Markup in
        "<input type=\"hidden\" name=\"\(field.name)\" value=\"\(field.value)\">\n"
      }
      return form(.addFault, "\(Markup(joining: fields))<button class=\"second\">\(preset.label)</button>\n")
    }
    return section(
      .faults, "Faults",
      """
      \(present)
      \(removeAll)<h3>Add a common fault</h3>
      <div class="buttons">\(Markup(joining: presets))</div>
      <details\(refused?.form == .addFault ? " open" : "")><summary>Add any other fault</summary>
      \(faultForm)</details>
      """)
  }

  private var faultForm: Markup {
    let contradiction = Markup(fault(nil, in: .addFault)) {
      "<p class=\"fault\" role=\"alert\" tabindex=\"-1\" autofocus>\($0)</p>\n"
    }
    let choices = ["", "before", "after"].map { choice -> Markup in
      let selected: Markup = (entered("close", in: .addFault) ?? "") == choice ? " selected" : ""
      let label: Markup =
        choice.isEmpty ? "no" : choice == "before" ? "before it is carried out" : "after it was carried out"
      return "<option value=\"\(choice)\"\(selected)>\(label)</option>\n"
    }
    let people = users.map { user -> Markup in "<option value=\"\(user)\">\n" }
    return form(
      .addFault,
      """
      \(contradiction)<div class="fields">
      \(field("path", "Path", "Part of the path, or a pattern with * for all of it. Empty: any."))\
      \(field("user", "User", "The mailbox, or the person who signs in. Empty: any.", list: "users"))\
      \(field("method", "Method", "GET, POST, PUT, PATCH or DELETE. Empty: any."))\
      \(field("skip", "Skip", "How many matching requests are answered as usual first."))\
      \(field("status", "Status", "400 to 599; the request is not carried out."))\
      \(field("then", "Status afterwards", "400 to 599, after the request was carried out."))\
      \(field("code", "Code", "Such as ErrorServerBusy, or AADSTS90033."))\
      \(field("retryAfter", "Retry-After", "Seconds."))\
      \(field("delayMs", "Delay", "Milliseconds, before anything else."))\
      \(field("advanceSeconds", "Move the clock", "By so many seconds, before the request is carried out."))\
      <div><label for="fault-close">Close the connection</label>
      <select id="fault-close" name="close">\(Markup(joining: choices))</select>
      <small>The client gets no reply.</small></div>
      \(field("count", "Count", "How many requests it affects; 0 means all. Empty: one."))</div>
      <datalist id="users">\(Markup(joining: people))</datalist>
      <button>Add this fault</button>

      """)
  }

  private func field(_ name: String, _ label: Markup, _ hint: Markup, list: String? = nil) -> Markup {
    """
    <div><label for="fault-\(name)">\(label)</label>
    \(input("fault-\(name)", name, in: .addFault, hint, list: list))</div>

    """
  }

  /// A field, what is wrong with it, and what belongs there.
  private func input(
    _ id: String, _ name: String, in form: ControlForm, _ hint: Markup, list: String? = nil
  ) -> Markup {
    let wrong = fault(name, in: form)
    let state = Markup(if: wrong != nil, " aria-invalid=\"true\" autofocus")
    return """
      <input id="\(id)" name="\(name)" value="\(entered(name, in: form) ?? "")" autocomplete="off" \
      aria-describedby="\(id)-fault \(id)-hint"\(Markup(list) { " list=\"\($0)\"" })\(state)>
      \(Markup(wrong) { "<small class=\"wrong\" id=\"\(id)-fault\">\($0)</small>\n" })\
      <small id="\(id)-hint">\(hint)</small>
      """
  }
}

// Settings.
extension ControlPage {
  private var settingSection: Markup {
    let rows = SandboxSettings.all.map(row)
    return section(.settings, "Settings", "<ul class=\"rows settings\">\(Markup(joining: rows))</ul>")
  }

  private func row(_ setting: SandboxSetting) -> Markup {
    let isChanged = setting.json(in: settings) != setting.json(in: SandboxSettings())
    let wrong = Markup(fault(setting.name, in: .setting)) {
      "<small class=\"wrong\" id=\"\(setting.name)-fault\" role=\"alert\">\($0)</small>\n"
    }
    return """
      <li><div><label for="\(setting.name)"><code>\(setting.name)</code></label>
      \(Markup(if: isChanged, "<span class=\"badge new\">changed</span>"))
      <div class="small dim">\(setting.meaning)</div></div>
      \(form(.setting, control(setting)))\(wrong)</li>

      """
  }

  /// The present value, and what changes it.
  private func control(_ setting: SandboxSetting) -> Markup {
    switch setting.kind {
    case .flag(let path):
      let isOn = settings[keyPath: path]
      return """
        <span>\(isOn ? "on" : "off")</span>
        <button class="second" id="\(setting.name)" name="\(setting.name)" value="\(isOn ? "false" : "true")">\
        Turn \(isOn ? "off" : "on")</button>

        """
    case .number(let path, _):
      let isWrong = fault(setting.name, in: .setting) != nil
      let state: Markup =
        isWrong ? " aria-invalid=\"true\" aria-describedby=\"\(setting.name)-fault\" autofocus" : ""
      return """
        <input id="\(setting.name)" name="\(setting.name)" inputmode="numeric" autocomplete="off" \
        value="\(entered(setting.name, in: .setting) ?? String(settings[keyPath: path]))"\(state)>
        <button class="second">Change</button>

        """
    }
  }
}

// Clock and reset.
extension ControlPage {
  private var clockSection: Markup {
    let jumps: [(Int, Markup)] = [(3600, "+1 hour"), (86_400, "+1 day"), (7_862_400, "+91 days")]
    let buttons = jumps.map { seconds, label -> Markup in
      "<button class=\"second\" name=\"advanceSeconds\" value=\"\(seconds)\">\(label)</button>\n"
    }
    let back: Markup =
      offset == .zero
      ? "" : form(.clock, "<button name=\"offsetSeconds\" value=\"0\">Back to the machine’s time</button>\n")
    return section(
      .clock, "Clock",
      """
      <dl><dt>Sandbox</dt><dd>\((wallNow + offset).shown)\(offset == .zero ? "" : ", moved by \(offset.words)")</dd>
      <dt>Machine</dt><dd>\(wallNow.shown)</dd></dl>
      <p class="note">After a jump of an hour or two access tokens have expired; after 91 days grants that were not
      used in between are invalid.</p>
      <div class="buttons">\(form(.clock, style: "buttons", Markup(joining: buttons)))\(back)</div>
      \(jump)
      """)
  }

  private var jump: Markup {
    form(
      .clock,
      """
      <div class="fields"><div><label for="advance">Move by seconds</label>
      \(input("advance", "advanceSeconds", in: .clock, "Use a minus sign to move it back."))</div></div>
      <button class="second">Move the clock</button>

      """)
  }

  private var resetSection: Markup {
    section(
      .reset, "Reset",
      """
      <details><summary>Restore everything to the state at start</summary>
      <p>This deletes all mail, grants and consents, faults, policies and the request log, undoes all changes of the
      directory and the settings, and takes the clock back to the machine’s time.</p>
      \(form(.reset, "<button>Reset the sandbox</button>\n"))</details>
      """)
  }
}
