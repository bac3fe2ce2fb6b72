// sema/environments.cpp: where versions are deployed to, and how carefully.
#include <algorithm>
#include <charconv>

#include "compiler/sema/expressions.h"
#include "compiler/sema/literals.h"

namespace cambium::sema {
namespace {

using Kind = syntax::EnvItem::Kind;
using SK = syntax::ExprKind;

std::string_view word(Kind kind) {
  switch (kind) {
    case Kind::url: return "url";
    case Kind::promote: return "promote";
    case Kind::destructive: return "destructive";
    case Kind::access: return "access";
    case Kind::lock: return "lock";
    case Kind::backfill: return "backfill";
    case Kind::autoApprove: return "auto_approve";
    case Kind::soak: return "soak";
  }
  return "";
}

// scheme://user:password@host: where the password is, nothing if there is none.
std::optional<std::string_view> passwordIn(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos) return std::nullopt;
  auto authority = url.substr(scheme + 3);
  authority = authority.substr(0, authority.find_first_of("/?#"));
  const auto at = authority.rfind('@');
  if (at != std::string_view::npos) {
    const auto user = authority.substr(0, at);
    const auto colon = user.find(':');
    if (colon != std::string_view::npos && colon + 1 < user.size()) return user.substr(colon + 1);
  }
  for (const std::string_view key :
       {"?password=", "&password=", "?passwd=", "&passwd=", "?pwd=", "&pwd="})
    if (const auto found = url.find(key); found != std::string_view::npos) {
      const auto value = url.substr(found + key.size());
      if (!value.empty() && value[0] != '&') return value.substr(0, value.find('&'));
    }
  return std::nullopt;
}

class Builder {
public:
  Builder(Context& c, const SyntaxTree& tree, const syntax::EnvironmentDecl& d,
          const std::vector<std::string_view>& names)
      : c_(c), tree_(tree), d_(d), names_(names) {}

  ir::Environment run() {
    env_.name = d_.name.text;
    env_.span = d_.name.span;
    for (const auto& item : d_.items) {
      if (std::ranges::find(seen_, item.kind) != seen_.end()) {
        c_.add(report<Code::CFG003>(item.span, env_.name, word(item.kind)));
        continue;
      }
      seen_.push_back(item.kind);
      read(item);
    }
    if (std::ranges::find(seen_, Kind::url) == seen_.end() && !tree_.hasErrors)
      c_.add(report<Code::CFG001>(d_.name.span, env_.name))
          .help("add for example `url env(\"" + variable() + "\")`");
    return std::move(env_);
  }

private:
  std::string variable() const {
    std::string out;
    for (const char ch : env_.name + "_url") out += ch >= 'a' && ch <= 'z' ? char(ch - 32) : ch;
    return out;
  }

  void read(const syntax::EnvItem& item) {
    switch (item.kind) {
      case Kind::url:
        if (item.url) url(*item.url);
        return;
      case Kind::promote: return promote(item.word);
      case Kind::destructive:
        if (item.approvals)
          env_.approvals = number(*item.approvals, 0, 100, "destructive approvals");
        else if (item.word.text == "allow")
          env_.destructiveAllowed = true;
        else
          unknown(item.word, "destructive", {"allow"});
        return;
      case Kind::access:
        if (item.word.text == "views")
          env_.accessViews = true;
        else if (item.word.text != "direct")
          unknown(item.word, "access", {"direct", "views"});
        return;
      case Kind::autoApprove:
        if (item.word.text == "safe")
          env_.autoApproveSafe = true;
        else
          unknown(item.word, "auto_approve", {"safe"});
        return;
      case Kind::soak:
        if (item.soak) env_.soakSeconds = soak(*item.soak);
        return;
      case Kind::lock:
        if (item.timeout) env_.lockTimeoutMs = duration(*item.timeout, 1, "lock timeout");
        if (item.retries) env_.lockRetries = number(*item.retries, 0, 10'000, "lock retries");
        return;
      case Kind::backfill:
        if (item.batch) env_.backfillBatch = number(*item.batch, 1, 10'000'000, "backfill batch");
        if (item.target) env_.backfillTargetMs = duration(*item.target, 1, "backfill target");
        if (item.pauseWhen) {
          Scope scope{c_, tree_, 0, Use::pause, nullptr, {}, "pause when"};
          auto e = checkCondition(scope, *item.pauseWhen);
          if (e.kind != ir::ExprKind::error) env_.backfillPause = std::move(e);
        }
        return;
    }
  }

  void url(syntax::ExprId id) {
    const auto& e = tree_[id];
    if (e.kind == SK::error) return;
    if (e.kind == SK::string) {
      env_.url = e.value;
      return literal(e);
    }
    const bool strings =
        std::ranges::all_of(e.args, [&](auto a) { return tree_[a].kind == SK::string; });
    if (!isCall(tree_, id, "env") || e.args.empty() || e.args.size() > 2 || !strings ||
        tree_[e.args[0]].value.empty()) {
      c_.add(report<Code::CFG007>(e.span));
      return;
    }
    env_.urlVariable = tree_[e.args[0]].value;
    if (e.args.size() < 2) return;
    env_.url = tree_[e.args[1]].value;
    literal(tree_[e.args[1]]);
  }

  void literal(const syntax::Expr& e) {
    const auto password = passwordIn(e.value);
    // A reference such as ${DB_PASSWORD} is no password.
    if (!password || password->starts_with("${")) return;
    c_.add(report<Code::CFG002>(e.span))
        .note("models are read by everybody who may read the repository")
        .help("put the whole url into an environment variable: `url env(\"" + variable() + "\")`");
  }

  void promote(const syntax::Name& name) {
    if (!name) return;
    if (std::ranges::binary_search(names_, name.text)) {
      env_.promoteFrom = name.text;
      return;
    }
    suggest(c_.add(report<Code::REF010>(name.span, name.text)), name.text, name.span, names_);
  }

  void unknown(const syntax::Name& name, std::string_view of,
               const std::vector<std::string_view>& existing) {
    if (!name || isUnread(c_, name.text)) return;
    auto& d = c_.add(report<Code::CFG005>(name.span, name.text, of));
    const auto close = suggestions(name.text, existing);
    if (!close.empty()) return suggest(d, name.text, name.span, existing);
    std::string all;
    for (const auto value : existing) all += (all.empty() ? "`" : ", `") + std::string(value) + "`";
    if (of == "destructive") all += ", or a number of approvals: `approvals 1`";
    d.help("it is one of " + all);
  }

  unsigned number(syntax::ExprId id, uint64_t low, uint64_t high, std::string_view of) {
    const auto& e = tree_[id];
    if (e.kind != SK::number) return unsigned(low);
    const auto n = parseNumber(e.text);
    uint64_t value = 0;
    const auto [end, error] =
        std::from_chars(n.integer.data(), n.integer.data() + n.integer.size(), value);
    if (isWhole(n) && error == std::errc{} && value >= low && value <= high) return unsigned(value);
    c_.add(report<Code::CFG006>(e.span, e.text, of))
        .help("it is " + std::to_string(low) + " to " + std::to_string(high));
    return unsigned(low);
  }

  unsigned duration(syntax::ExprId id, uint64_t low, std::string_view of) {
    constexpr uint64_t kDay = 86'400'000;
    const auto& e = tree_[id];
    if (e.kind != SK::duration) return unsigned(low);
    const auto ms = durationMilliseconds(e.text);
    if (ms && *ms >= low && *ms <= kDay) return unsigned(*ms);
    c_.add(report<Code::CFG006>(e.span, e.text, of)).help("it is 1ms to 24h");
    return unsigned(low);
  }

  // In whole seconds; what is kept for less is not kept.
  uint64_t soak(syntax::ExprId id) {
    constexpr uint64_t kSecond = 1000, kYear = 366 * 86'400 * kSecond;
    const auto& e = tree_[id];
    if (e.kind != SK::duration) return 0;
    const auto ms = durationMilliseconds(e.text);
    if (ms && *ms >= kSecond && *ms <= kYear && *ms % kSecond == 0) return *ms / kSecond;
    c_.add(report<Code::CFG006>(e.span, e.text, "soak")).help("it is 1s to 366d, in whole seconds");
    return 0;
  }

  Context& c_;
  const SyntaxTree& tree_;
  const syntax::EnvironmentDecl& d_;
  const std::vector<std::string_view>& names_;
  ir::Environment env_;
  std::vector<Kind> seen_;
};

}  // namespace

void buildEnvironments(Context& c) {
  struct Declared {
    const SyntaxTree* tree;
    const syntax::EnvironmentDecl* decl;
  };
  std::vector<Declared> all;
  for (const auto* tree : c.units[0]->trees)
    for (const auto& decl : tree->decls)
      if (const auto* d = std::get_if<syntax::EnvironmentDecl>(&decl); d && d->name)
        all.push_back({tree, d});
  std::ranges::stable_sort(all, {}, [](auto& a) { return a.decl->name.text; });
  std::vector<std::string_view> names;
  for (const auto& a : all) names.push_back(a.decl->name.text);
  for (size_t i = 0; i < all.size(); ++i) {
    const auto& name = all[i].decl->name;
    checkName(c, name);
    if (i > 0 && names[i - 1] == names[i]) {
      c.add(report<Code::NAM001>(name.span, name.text))
          .label(all[i - 1].decl->name.span, "declared here first");
      continue;
    }
    c.model.environments.push_back(Builder(c, *all[i].tree, *all[i].decl, names).run());
  }
}

}  // namespace cambium::sema
