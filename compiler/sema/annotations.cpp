// sema/annotations.cpp
#include "compiler/sema/annotations.h"
#include "compiler/base/semver.h"

#include "compiler/sema/habits.h"

#include <algorithm>
#include <array>
#include <functional>
#include <initializer_list>

namespace cambium::sema {
namespace {

constexpr unsigned bit(Place p) {
  return 1u << static_cast<unsigned>(p);
}
constexpr unsigned kEverywhere = ~0u;
// What stands by itself, and nothing uses.
constexpr unsigned kAccess = bit(Place::role) | bit(Place::grant) | bit(Place::policy);

struct Row {
  std::string_view name;
  unsigned places;
  std::string_view takes;
};

constexpr Row kRows[] = {
    {"allow", kEverywhere, "a code and a reason: `@allow(KEY008, \"why\")`"},
    {"column", bit(Place::property) | bit(Place::reference),
     "the column's name: `@column(\"name\")`"},
    {"constraint", bit(Place::unique), "no arguments"},
    {"deferrable", bit(Place::reference), "nothing or `deferred`: `@deferrable(deferred)`"},
    {"deprecated", kEverywhere & ~kAccess,
     "at most a text and a version: `@deprecated(\"use … instead\", remove_after: \"2.0.0\")`"},
    {"draft", bit(Place::reference), "no arguments"},
    {"environments", bit(Place::setting),
     "the names of environments: `@environments(staging, prod)`"},
    {"exposed",
     bit(Place::entity) | bit(Place::property) | bit(Place::reference) | bit(Place::many) |
         bit(Place::view),
     "no arguments"},
    {"immutable", bit(Place::setting), "no arguments"},
    {"include", bit(Place::unique) | bit(Place::index),
     "the names of properties: `@include(price, name)`"},
    {"label",
     bit(Place::entity) | bit(Place::property) | bit(Place::reference) | bit(Place::many) |
         bit(Place::view),
     "a text: `@label(\"…\")`"},
    {"message", bit(Place::check), "a text: `@message(\"…\")`"},
    {"name", bit(Place::unique) | bit(Place::index) | bit(Place::check) | bit(Place::reference),
     "the name in the database: `@name(\"…\")`"},
    {"native",
     bit(Place::entity) | bit(Place::property) | bit(Place::reference) | bit(Place::indexPart),
     "a text for each dialect: `@native(dialect: \"…\")`"},
    {"noindex", bit(Place::reference), "no arguments"},
    {"sensitive", bit(Place::property) | bit(Place::reference) | bit(Place::setting),
     "at most a mask: `@sensitive(mask: \"last4\")`"},
    {"table", bit(Place::entity) | bit(Place::many) | bit(Place::view),
     "the table's name: `@table(\"name\")`"},
    {"unique", bit(Place::property) | bit(Place::reference), "no arguments"},
    {"using", bit(Place::index), "the kind of index for each dialect: `@using(dialect: \"…\")`"},
};

class Reader {
public:
  Reader(Context& c, const SyntaxTree& tree, Place place, Span covers)
      : c_(c), tree_(tree), place_(place), covers_(covers) {}

  void read(const syntax::Annotation& a, const Row& row) {
    const auto& n = row.name;
    if (n == "allow") return allow(a, row);
    if (n == "column") return databaseName(a, row, out.column);
    if (n == "table") return databaseName(a, row, out.table);
    if (n == "name") return databaseName(a, row, out.name);
    if (n == "message") return text(a, row, out.message);
    if (n == "label") return text(a, row, out.label);
    if (n == "native") return byDialect(a, row, out.native);
    if (n == "using") return byDialect(a, row, out.method);
    if (n == "include") {
      out.include = a.args;
      const bool labelled = std::ranges::any_of(a.labels, [](const auto& l) { return bool(l); });
      if (a.args.empty() || labelled) wrong(a, row);
      return;
    }
    if (n == "sensitive") return sensitive(a, row);
    if (n == "environments") return environments(a, row);
    if (n == "deprecated") return deprecated(a, row);
    if (n == "deferrable") return deferrable(a, row);
    if (!a.args.empty()) return wrong(a, row);
    (n == "unique"       ? out.unique
     : n == "noindex"    ? out.noindex
     : n == "draft"      ? out.draft
     : n == "constraint" ? out.constraint
     : n == "exposed"    ? out.exposed
                         : out.immutable) = true;
  }

  Annotations out;

private:
  void wrong(const syntax::Annotation& a, const Row& row) {
    c_.add(report<Code::NAM016>(a.span, row.name, row.takes));
  }

  const std::string* stringAt(const syntax::Annotation& a, size_t i) const {
    if (i >= a.args.size()) return nullptr;
    const auto& e = tree_[a.args[i]];
    return e.kind == syntax::ExprKind::string ? &e.value : nullptr;
  }

  bool hasError(const syntax::Annotation& a) const {
    return std::ranges::any_of(a.args,
                               [&](auto id) { return tree_[id].kind == syntax::ExprKind::error; });
  }

  void text(const syntax::Annotation& a, const Row& row, std::string& into) {
    const auto* value = stringAt(a, 0);
    if (hasError(a)) return;
    if (!value || a.args.size() != 1 || value->empty()) return wrong(a, row);
    into = *value;
  }

  // Any text will do, but for what nobody can see.
  void databaseName(const syntax::Annotation& a, const Row& row, std::string& into) {
    const auto* value = stringAt(a, 0);
    const auto control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
    if (value && std::ranges::any_of(*value, control)) return wrong(a, row);
    text(a, row, into);
  }

  void deprecated(const syntax::Annotation& a, const Row& row) {
    out.deprecated = true;
    if (hasError(a)) return;
    for (size_t i = 0; i < a.args.size(); ++i) {
      const auto* value = stringAt(a, i);
      const bool labelled = i < a.labels.size() && a.labels[i];
      const bool after = labelled && a.labels[i].text == "remove_after";
      const bool keeps =
          place_ == Place::entity || place_ == Place::property || place_ == Place::reference;
      if (!value || value->empty() || labelled != after || (after && !keeps) ||
          (after && !isSemver(*value)) || (!after && i > 0))
        return wrong(a, row);
      (after ? out.removeAfter : out.deprecation) = *value;
    }
  }

  void deferrable(const syntax::Annotation& a, const Row& row) {
    out.deferral = ir::Deferral::immediate;
    if (hasError(a) || a.args.empty()) return;
    const auto& e = tree_[a.args[0]];
    const bool labelled = !a.labels.empty() && a.labels[0];
    if (a.args.size() != 1 || labelled || e.kind != syntax::ExprKind::name || e.text != "deferred")
      return wrong(a, row);
    out.deferral = ir::Deferral::deferred;
  }

  void sensitive(const syntax::Annotation& a, const Row& row) {
    out.sensitive = "*";
    if (a.args.empty()) return;
    const bool labelled = !a.labels.empty() && a.labels[0].text == "mask";
    if (!labelled) return wrong(a, row);
    text(a, row, out.sensitive);
  }

  void environments(const syntax::Annotation& a, const Row& row) {
    if (hasError(a)) return;
    for (size_t i = 0; i < a.args.size(); ++i) {
      const auto& e = tree_[a.args[i]];
      if (e.kind != syntax::ExprKind::name || (i < a.labels.size() && a.labels[i]))
        return wrong(a, row);
      out.environments.emplace_back(e.text, e.span);
    }
    if (a.args.empty()) wrong(a, row);
  }

  void byDialect(const syntax::Annotation& a, const Row& row,
                 std::map<std::string, std::string>& into) {
    if (hasError(a)) return;
    for (size_t i = 0; i < a.args.size(); ++i) {
      const auto* value = stringAt(a, i);
      if (!value || i >= a.labels.size() || !a.labels[i]) return wrong(a, row);
      into[std::string(a.labels[i].text)] = *value;
    }
    if (a.args.empty()) wrong(a, row);
  }

  void allow(const syntax::Annotation& a, const Row& row) {
    if (hasError(a)) return;
    const auto* why = stringAt(a, 1);
    if (a.args.size() != 2 || !why || why->empty() ||
        tree_[a.args[0]].kind != syntax::ExprKind::name)
      return wrong(a, row);
    const auto& codeName = tree_[a.args[0]];
    const auto code = findCode(codeName.text);
    if (!code) {
      c_.add(report<Code::NAM010>(codeName.span, codeName.text, "there is no such code"));
    } else if (info(*code).severity == Severity::error) {
      c_.add(report<Code::NAM010>(codeName.span, codeName.text, "it is an error, not a warning"))
          .help("mend what it says; only warnings can be silenced");
    } else {
      c_.allows.push_back({*code, a.span, covers_, false});
    }
  }

  Context& c_;
  const SyntaxTree& tree_;
  Place place_;
  Span covers_;
};

}  // namespace

std::string_view describe(Place place) {
  switch (place) {
    case Place::entity: return "an entity";
    case Place::mixin: return "a mixin";
    case Place::property: return "a property with a value";
    case Place::reference: return "a reference";
    case Place::many: return "a `many`";
    case Place::key: return "a key";
    case Place::unique: return "a unique";
    case Place::index: return "an index";
    case Place::indexPart: return "a part of an index";
    case Place::uniquePart: return "a part of a unique";
    case Place::check: return "a check";
    case Place::enumeration: return "an enum";
    case Place::enumerator: return "an enum member";
    case Place::alias: return "a type";
    case Place::view: return "a view";
    case Place::role: return "a role";
    case Place::grant: return "a grant";
    case Place::policy: return "a policy";
    case Place::setting: return "a setting";
  }
  return {};
}

namespace {

void unknownAnnotation(Context& c, const syntax::Annotation& a) {
  auto& d = c.add(report<Code::REF007>(a.name.span, a.name.dotted()));
  if (const Meant meant = annotationMeant(a.name.parts[0].text))
    return sayMeant(d, a.name.span, meant.ours, meant.help);
  std::vector<std::string_view> existing;
  for (const auto& r : kRows) existing.push_back(r.name);
  auto close = suggestions(a.name.parts[0].text, existing);
  if (close.empty()) return;
  const std::string first = close[0];
  for (std::string& name : close) name.insert(0, "@");
  d.help(didYouMean(close));
  if (close.size() == 1)
    d.fix({"write `" + close[0] + "`", FixSafety::review, {{a.name.span, first}}});
}

}  // namespace

Annotations readAnnotations(Context& c, const SyntaxTree& tree,
                            const std::vector<syntax::Annotation>& list, Place place, Span covers) {
  if (list.empty()) return {};
  Reader reader(c, tree, place, covers);
  std::vector<std::string_view> seen;
  for (const auto& a : list) {
    if (!wellFormed(a.name)) continue;
    const auto name = a.name.parts[0].text;
    const auto row =
        a.name.parts.size() == 1 ? std::ranges::find(kRows, name, &Row::name) : std::end(kRows);
    if (row == std::end(kRows)) {
      unknownAnnotation(c, a);
      continue;
    }
    if (!(row->places & bit(place))) {
      auto& d = c.add(report<Code::NAM015>(a.span, name, describe(place)));
      if (name == "native" && (place == Place::enumeration || place == Place::enumerator))
        d.help(
            "an enum is a checked text in every database; a column can have the database's own "
            "type: `state: State @native(DIALECT: \"my_enum\")`");
      continue;
    }
    if (name != "allow" && std::ranges::find(seen, name) != seen.end()) {
      c.add(report<Code::NAM018>(a.span, name));
      continue;
    }
    seen.push_back(name);
    reader.read(a, *row);
  }
  return std::move(reader.out);
}

}  // namespace cambium::sema
