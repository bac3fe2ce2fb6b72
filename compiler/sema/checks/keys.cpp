// sema/checks/keys.cpp
#include "compiler/sema/checks/checks.h"

namespace cambium::sema {
namespace {

void sayKeyBehind(Context& c, const syntax::PropertyDecl& before, const syntax::PropertyDecl& key) {
  const auto text = c.sources[key.span.file].text();
  const auto breaksLine = [&](uint32_t begin, uint32_t end) {
    return text.substr(begin, end - begin).find('\n') != std::string_view::npos;
  };
  if (!before.name || !key.name || breaksLine(before.span.end, key.span.begin) ||
      !breaksLine(key.span.begin, key.name.span.begin))
    return;
  constexpr std::string_view kWord = "key";
  const FileId file = key.span.file;
  const uint32_t begin = key.span.begin;
  Span gone{file, begin, uint32_t(begin + kWord.size())};
  auto& d = c.add(report<Code::KEY014>(gone, key.name.text, before.name.text))
                .label(key.name.span, "line breaks mean nothing: the word belongs to this property")
                .help("`key` stands before its property, on its line");
  while (text[gone.begin - 1] == ' ' || text[gone.begin - 1] == '\t') --gone.begin;
  const uint32_t name = before.name.span.begin;
  d.fix({"make `" + std::string(before.name.text) + "` the key",
         FixSafety::review,
         {{{file, name, name}, "key "}, {gone, ""}}});
}

// `Id: int64 key`, as SQL has it, where the next line is a property, too.
void checkMembers(Context& c, const std::vector<syntax::Member>& members) {
  const syntax::PropertyDecl* before = nullptr;
  for (const auto& member : members) {
    const auto* property = std::get_if<syntax::PropertyDecl>(&member);
    if (before && !before->key && property && property->key) sayKeyBehind(c, *before, *property);
    before = property;
    if (const auto* group = std::get_if<syntax::GroupDecl>(&member))
      checkMembers(c, group->members);
  }
}

}  // namespace

// The word stands on the line of one property and makes another one the key.
void checkKeysBehind(Context& c) {
  for (const auto* tree : c.units[0]->trees) {
    if (tree->hasErrors) continue;
    for (const auto& decl : tree->decls)
      if (const auto* entity = std::get_if<syntax::EntityDecl>(&decl))
        checkMembers(c, entity->members);
  }
}

// The database can count only for a key that is one whole number.
void checkAutoincrement(Context& c) {
  for (const auto& p : c.model.properties) {
    if (!p.autoincrement || c.work[p.entity.index()].keyBroken) continue;
    const auto& key = c.model[p.entity].key.properties;
    const bool whole = p.kind == ir::PropertyKind::value && !p.type.list &&
                       (p.type.scalar == ir::Scalar::int16 || p.type.scalar == ir::Scalar::int32 ||
                        p.type.scalar == ir::Scalar::int64);
    if (p.type.scalar == ir::Scalar::error && p.kind == ir::PropertyKind::value) continue;
    if (whole && key.size() == 1 && c.model[key[0]].span == p.span) continue;
    c.add(report<Code::KEY005>(p.span))
        .help("it is the default of a key that is one integer: `key id: int64 = autoincrement()`");
  }
}

}  // namespace cambium::sema
