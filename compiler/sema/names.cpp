// sema/names.cpp: what a name may look like, and which declaration it means.
#include <algorithm>
#include <array>

#include "compiler/sema/context.h"

namespace cambium::sema {

std::string_view describe(SymbolKind kind) {
  switch (kind) {
    case SymbolKind::entity: return "an entity";
    case SymbolKind::mixin: return "a mixin";
    case SymbolKind::enumeration: return "an enum";
    case SymbolKind::alias: return "a type";
    case SymbolKind::view: return "a view";
  }
  return {};
}

Diagnostic& Context::add(Diagnostic d) {
  const Seen key{(uint64_t{d.span.file.index()} << 32) | d.span.begin,
                 (uint64_t{d.span.end} << 16) | static_cast<uint64_t>(d.code)};
  if (d.span && !seen_.insert(key).second) return dropped_ = std::move(d);
  return sink.add(std::move(d));
}

void sayMeant(Diagnostic& d, Span span, std::string_view ours, std::string_view help) {
  const std::string mended(ours);
  d.help(help.empty() ? "that is `" + mended + "` here" : std::string(help));
  if (!mended.empty()) d.fix({"write `" + mended + "`", FixSafety::review, {{span, mended}}});
}

bool isUnread(const Context& c, std::string_view word) {
  return c.units[0]->lost.contains(std::string(word));
}

void suggest(Diagnostic& d, std::string_view written, Span span,
             const std::vector<std::string_view>& existing) {
  const auto candidates = suggestions(written, existing);
  if (candidates.empty()) return;
  d.help(didYouMean(candidates));
  if (candidates.size() == 1)
    d.fix({.title = "write `" + candidates[0] + "`",
           .safety = FixSafety::review,
           .edits = {{span, candidates[0]}}});
}

bool isQuoted(const Context& c, const syntax::Name& name) {
  if (!name.span) return false;
  const auto text = c.sources[name.span.file].text();
  return name.span.begin < text.size() && text[name.span.begin] == '`';
}

void checkName(Context& c, const syntax::Name& name, bool hyphens) {
  static constexpr std::array<std::string_view, 9> kReserved = {
      "true", "false", "null", "and", "or", "not", "in", "is", "case"};
  constexpr size_t kLimit = 63;
  if (!name) return;
  if (name.text.size() > kLimit) {
    c.add(report<Code::NAM006>(name.span, name.text, name.text.size()))
        .help("choose a shorter name");
  }
  const auto hyphen = hyphens ? std::string_view::npos : name.text.find('-');
  const bool reserved = std::ranges::find(kReserved, name.text) != kReserved.end();
  if ((hyphen == std::string_view::npos && !reserved) || isQuoted(c, name)) return;
  if (hyphen != std::string_view::npos) {
    std::string mended(name.text);
    std::ranges::replace(mended, '-', '_');
    c.add(report<Code::NAM003>(name.span, name.text))
        .help("hyphens are for `schema` and `config`; write `" + mended +
              "`, or put the name between backticks wherever it stands")
        .fix({"write `" + mended + "`", FixSafety::review, {{name.span, mended}}});
    return;
  }
  const std::string quoted = "`" + std::string(name.text) + "`";
  c.add(report<Code::NAM004>(name.span, name.text))
      .help("choose another name, or put it between backticks")
      .fix({"put it between backticks", FixSafety::review, {{name.span, quoted}}});
}

bool wellFormed(const syntax::QName& name) {
  return !name.parts.empty() && std::ranges::all_of(name.parts, [](auto& p) { return bool(p); });
}

std::optional<Symbol> resolve(Context& c, size_t unit, const syntax::QName& name) {
  Unit& u = *c.units[unit];
  if (name.parts.size() == 1) {
    if (const auto own = u.own.find(name.parts[0].text); own != u.own.end()) return own->second;
    if (const auto it = u.imported.find(name.parts[0].text); it != u.imported.end()) {
      u.uses[it->second.use].used = true;
      return it->second.symbol;
    }
    return std::nullopt;
  }
  std::string qualifier;
  for (size_t i = 0; i + 1 < name.parts.size(); ++i)
    qualifier += (i ? "." : "") + std::string(name.parts[i].text);
  const auto it = u.qualifiers.find(qualifier);
  if (it == u.qualifiers.end()) return std::nullopt;
  const Unit& other = *c.units[it->second.first];
  const auto found = other.own.find(name.parts.back().text);
  u.uses[it->second.second].used = true;
  if (found == other.own.end() || found->second.kind == SymbolKind::entity) return std::nullopt;
  return found->second;
}

bool isLost(const Context& c, size_t unit, const syntax::QName& name) {
  const auto& lost = c.units[unit]->lost;
  if (lost.empty() || name.parts.empty()) return false;
  const std::string whole = name.dotted();
  const auto dot = whole.rfind('.');
  return lost.contains(dot == std::string::npos ? whole : whole.substr(0, dot));
}

std::vector<std::string_view> namesOf(const Context& c, size_t unit, SymbolKind kind) {
  const Unit& u = *c.units[unit];
  std::vector<std::string_view> out;
  for (const auto& [name, symbol] : u.own)
    if (symbol.kind == kind) out.push_back(name);
  for (const auto& [name, symbol] : u.imported)
    if (symbol.symbol.kind == kind) out.push_back(name);
  std::ranges::sort(out);
  return out;
}

std::string deprecationHelp(std::string_view text) {
  constexpr std::string_view kUnless = "say why not with `@allow(NAM013, \"…\")`";
  if (text.empty()) return "move to what replaces it, or " + std::string(kUnless);
  return "it says: " + std::string(text) + "; move there, or " + std::string(kUnless);
}

namespace {

// What `@deprecated("…")` says; wrong arguments are told where the annotation is read.
std::string_view deprecationOf(const SyntaxTree& tree, const std::vector<syntax::Annotation>& all) {
  for (const auto& a : all) {
    if (a.name.parts.size() != 1 || a.name.parts[0].text != "deprecated" || a.args.empty())
      continue;
    const auto& text = tree[a.args[0]];
    if (text.kind == syntax::ExprKind::string) return text.value;
  }
  return {};
}

}  // namespace

void noteDeprecated(Context& c, Symbol symbol, Span span) {
  const auto warn = [&](const auto& declared, std::string_view kind, std::string_view name) {
    if (declared.deprecated)
      c.add(report<Code::NAM013>(span, kind, name))
          .help(deprecationHelp(deprecationOf(*declared.tree, declared.decl->annotations)));
  };
  switch (symbol.kind) {
    case SymbolKind::entity:
      return warn(c.entities[symbol.index], "entity", c.entities[symbol.index].qualified);
    case SymbolKind::mixin:
      return warn(c.mixins[symbol.index], "mixin", c.mixins[symbol.index].qualified);
    case SymbolKind::enumeration:
      return warn(c.enums[symbol.index], "enum", c.enums[symbol.index].qualified);
    case SymbolKind::alias:
      return warn(c.aliases[symbol.index], "type", c.aliases[symbol.index].qualified);
    case SymbolKind::view:
      return warn(c.views[symbol.index], "view", c.views[symbol.index].decl->name.text);
  }
}

bool declareOnce(Context& c, std::map<std::string, Span, std::less<>>& seen, std::string_view key,
                 const syntax::Name& name) {
  if (!name) return false;
  checkName(c, name);
  const auto [it, fresh] = seen.emplace(key, name.span);
  if (!fresh)
    c.add(report<Code::NAM001>(name.span, name.text)).label(it->second, "declared here first");
  return fresh;
}

}  // namespace cambium::sema
