// syntax/ast_builder_entity.cpp: entities, mixins and their members.
#include "compiler/syntax/ast_builder.h"

namespace cambium::syntax {

EntityDecl AstBuilder::entityDecl(Doc doc, bool mixin) {
  EntityDecl d;
  d.doc = std::move(doc);
  d.mixin = mixin;
  d.members.reserve(childCount(Rules::RuleMember));
  const uint32_t first = here();
  bool contains = false;
  visit(
      [&](const Token& t) {
        brace(t, d.body);
        contains = contains || t.kind == TokenKind::CONTAINS;
        if (d.name) return;
        switch (t.kind) {
          case TokenKind::DRAFT: d.lifecycle = Lifecycle::draft; return;
          case TokenKind::DELETED: d.lifecycle = Lifecycle::deleted; return;
          case TokenKind::EXTERNAL: d.lifecycle = Lifecycle::external; return;
          default: return;
        }
      },
      [&](uint16_t rule) {
        switch (rule) {
          case Rules::RuleName: d.name = name(); return;
          case Rules::RuleQnames: (contains ? d.contains : d.is) = qnames(); return;
          case Rules::RuleAnnotation: return void(d.annotations.push_back(annotation()));
          case Rules::RuleMember: return member(d.members);
          default: return pass();
        }
      });
  d.span = spanFrom(first);
  return d;
}

void AstBuilder::member(std::vector<Member>& members) {
  const uint32_t first = here();
  Doc documentation = doc(first);
  visitRules([&](uint16_t rule) {
    switch (rule) {
      case Rules::RuleProperty:
        return void(members.push_back(property(std::move(documentation), first, false)));
      case Rules::RuleKeyMember: return keyMember(members, std::move(documentation), first);
      case Rules::RuleUniqueDecl:
        return void(members.push_back(indexLike<UniqueDecl>(std::move(documentation), first)));
      case Rules::RuleIndexDecl:
        return void(members.push_back(indexLike<IndexDecl>(std::move(documentation), first)));
      case Rules::RuleCheckDecl:
        return void(members.push_back(checkDecl(std::move(documentation), first)));
      case Rules::RuleGroupDecl:
        return void(members.push_back(groupDecl(std::move(documentation), first)));
      default: return pass();
    }
  });
}

void AstBuilder::keyMember(std::vector<Member>& members, Doc documentation, uint32_t first) {
  KeyDecl key;
  bool list = false;
  visitRules([&](uint16_t rule) {
    switch (rule) {
      case Rules::RuleProperty:
        return void(members.push_back(property(std::move(documentation), first, true)));
      case Rules::RuleNameList:
        list = true;
        key.properties = names();
        return;
      case Rules::RuleAnnotation: return void(key.annotations.push_back(annotation()));
      default: return pass();
    }
  });
  if (!list) return;
  // A key of several properties has no documentation of its own; what was written stays a comment.
  if (documentation.span)
    for (size_t i = comment_; i > 0 && comments_[i - 1].begin >= documentation.span.begin; --i)
      documentation_[i - 1] = false;
  key.span = spanFrom(first);
  members.push_back(std::move(key));
}

PropertyDecl AstBuilder::property(Doc documentation, uint32_t first, bool key) {
  PropertyDecl p;
  p.doc = std::move(documentation);
  p.key = key;
  visit(
      [&](const Token& t) {
        if (t.kind == TokenKind::LABEL && !p.name) p.name = label(t);
      },
      [&](uint16_t rule) {
        switch (rule) {
          case Rules::RulePropType: return propType(p);
          case Rules::RuleModifier: return modifier(p);
          default: return pass();
        }
      });
  p.span = spanFrom(first);
  return p;
}

void AstBuilder::propType(PropertyDecl& p) {
  const uint32_t first = here();
  bool through = false;
  visit(
      [&](const Token& t) {
        if (t.kind == TokenKind::REF) p.kind = PropertyDecl::Kind::reference;
        if (t.kind == TokenKind::MANY) p.kind = PropertyDecl::Kind::many;
        through = through || t.kind == TokenKind::THROUGH;
      },
      [&](uint16_t rule) {
        switch (rule) {
          case Rules::RuleTypeRef: p.type = typeRef(); return;
          case Rules::RuleQname:
            if (through)
              p.through = qname();
            else
              p.type.name = qname();
            return;
          case Rules::RuleName: p.inverse = name(); return;
          case Rules::RuleSuffix: return suffix(p.type);
          default: return pass();
        }
      });
  p.type.span = spanFrom(first);
}

TypeRef AstBuilder::typeRef() {
  TypeRef type;
  const uint32_t first = here();
  std::vector<Name> labels;
  visitRules([&](uint16_t rule) {
    switch (rule) {
      case Rules::RuleName:
      case Rules::RuleWord:
        if (Name part = name()) type.name.parts.push_back(part);
        type.name.span = spanFrom(first);
        return;
      case Rules::RuleArgs: return arguments(type.args, labels);
      case Rules::RuleSuffix: return suffix(type);
      default: return pass();
    }
  });
  for (const Name& label : labels)
    if (label) {
      sink_.add(report<Code::SYN001>(label.span, "a value", "`" + std::string(label.text) + ":`")
                    .help("a type's arguments have no names"));
      break;
    }
  type.span = spanFrom(first);
  // `List<string>`, `reff Customer`: what stands behind it is told, and with it the type.
  const Token& next = tokens_[token_];
  if (!next.startsLine && stumbled(token_, token_)) {
    const auto after = textOf(next);
    const bool entity = next.kind == TokenKind::ID && after.size() > 1 &&
                        std::isupper(uint8_t(after[0])) && std::islower(uint8_t(after[1]));
    if (next.kind == TokenKind::LT || next.kind == TokenKind::LBRACE || entity)
      type.name.parts.clear();
  }
  // `Dog | Cat`: neither is what was meant.
  if (token_ > first && hasQuiet(token_ - 1, token_ - 1)) type.name.parts.clear();
  return type;
}

// `?` or `[]`, in the order written: `T[]?` is an optional list, `T?[]` a list of optional values.
void AstBuilder::suffix(TypeRef& type) {
  const uint32_t first = here();
  const bool question = tokens_[first].kind == TokenKind::QMARK;
  pass();
  const Span at = spanFrom(first);
  if (question) {
    if (type.optional) twice(at, "`?`");
    type.optional = true;
    return;
  }
  if (stumbled(first, token_ > first ? token_ - 1 : first)) return;
  if (type.list) {
    sink_.add(report<Code::TYP010>(at, "a list")
                  .help("a list of lists is an entity of its own, or `json`"));
    return;
  }
  type.list = true;
  type.elementOptional = std::exchange(type.optional, false);
}

// `late: bool = due = today()`: of two `=` the second one compares. False where two values are
// given.
bool AstBuilder::sayEqualMeant(const PropertyDecl& p, Span sign) {
  const ExprKind first = (*this).at(*p.defaultValue).kind;
  const bool truth = p.type.name.parts.size() == 1 && p.type.name.parts[0].text == "bool";
  if (first == ExprKind::trueLiteral || first == ExprKind::falseLiteral) return false;
  if (!truth && first != ExprKind::name) return false;
  Diagnostic d = report<Code::SYN010>(sign);
  if (truth)
    d.help("`=` gives a default or a value; equality is `==`")
        .fix({"write `==`", FixSafety::safe, {{sign, "=="}}});
  else
    d.help("`=` gives a default or a value; equality is `==`, and makes a `bool`");
  sink_.add(std::move(d));
  return true;
}

void AstBuilder::modifier(PropertyDecl& p) {
  const Span at = spanOf(tokens_[here()]);
  bool computed = false, stored = false, update = false;
  visit(
      [&](const Token& t) {
        computed = computed || t.kind == TokenKind::COMPUTED;
        stored = stored || t.kind == TokenKind::STORED;
        update = update || t.kind == TokenKind::UPDATE;
      },
      [&](uint16_t rule) {
        switch (rule) {
          case Rules::RuleExpr: {
            const bool compares = p.defaultValue && sayEqualMeant(p, at);
            if (p.defaultValue && !compares)
              twice(at, "the default of `" + std::string(p.name.text) + "`");
            const ExprId value = expr();
            if (compares) p.defaultValue = errorExpr(at);
            if (!p.defaultValue) p.defaultValue = value;
            return;
          }
          case Rules::RuleFilter: {
            if (p.where) twice(at, "`where`");
            const auto where = filter();
            if (!p.where) p.where = where;
            return;
          }
          case Rules::RuleAction: {
            const uint32_t word = here();
            const RefAction what = action();
            (update ? p.onUpdateSpan : p.onDeleteSpan) = spanFrom(word);
            return onAction(p, at, update, what);
          }
          case Rules::RuleAnnotation: return void(p.annotations.push_back(annotation()));
          default: return pass();
        }
      });
  if (!computed) return;
  if (p.computed) twice(at, "`computed`");
  p.computed = true;
  p.stored = p.stored || stored;
}

void AstBuilder::onAction(PropertyDecl& p, Span at, bool update, RefAction action) {
  RefAction& field = update ? p.onUpdate : p.onDelete;
  if (field != RefAction::none) return twice(at, update ? "`on update`" : "`on delete`");
  field = action;
}

RefAction AstBuilder::action() {
  RefAction action = RefAction::none;
  visit(
      [&](const Token& t) {
        switch (t.kind) {
          case TokenKind::RESTRICT: action = RefAction::restrict; return;
          case TokenKind::CASCADE: action = RefAction::cascade; return;
          case TokenKind::NULL_: action = RefAction::setNull; return;
          case TokenKind::DEFAULT_: action = RefAction::setDefault; return;
          case TokenKind::NO: action = RefAction::noAction; return;
          default: return;
        }
      },
      [&](uint16_t) { pass(); });
  return action;
}

void AstBuilder::sayTwoWords(Span first, Span second) {
  const auto word = text_.substr(first.begin, first.end - first.begin);
  const auto other = text_.substr(second.begin, second.end - second.begin);
  const bool unique = word == "unique" || other == "unique";
  const std::string ours = unique ? "unique" : "index";
  sink_.add(report<Code::SYN011>(join(first, second), fmt::format("{} {}", word, other))
                .note("as a name the second word stands between backticks")
                .help(unique ? "what is unique is looked up by itself: `unique (name)`; any other "
                               "index is `index (name)`"
                             : "an index is written `index (name)`")
                .fix({"write `" + ours + "`", FixSafety::review, {{join(first, second), ours}}}));
}

template <class Decl>
Decl AstBuilder::indexLike(const Doc& documentation, uint32_t first) {
  Decl d;
  d.doc = documentation;
  Span second;
  visitRules([&](uint16_t rule) {
    switch (rule) {
      case Rules::RuleName: {
        const Token& word = tokens_[here()];
        // `unique index (n)`, `unique key (n)`: SQL's second word, not a name.
        const bool sql = word.kind == TokenKind::INDEX || word.kind == TokenKind::UNIQUE ||
                         word.kind == TokenKind::KEY;
        d.name = name();
        if (!sql) return;
        second = d.name.span;
        d.name = {};
        return;
      }
      case Rules::RuleKeyList: d.parts = keyList(); return;
      case Rules::RuleFilter: d.where = filter(); return;
      case Rules::RuleAnnotation: return void(d.annotations.push_back(annotation()));
      default: return pass();
    }
  });
  if (second && !stumbled(first, token_)) sayTwoWords(spanOf(tokens_[first]), second);
  d.span = spanFrom(first);
  return d;
}

std::vector<IndexPart> AstBuilder::keyList() {
  std::vector<IndexPart> parts;
  visitRules([&](uint16_t rule) {
    if (rule != Rules::RuleIndexKey) return pass();
    IndexPart part;
    const uint32_t first = here();
    visit(
        [&](const Token& t) {
          part.ascending = part.ascending || t.kind == TokenKind::ASC;
          part.descending = part.descending || t.kind == TokenKind::DESC;
        },
        [&](uint16_t child) {
          switch (child) {
            case Rules::RuleExpr: part.expr = expr(); return;
            case Rules::RuleAnnotation: return void(part.annotations.push_back(annotation()));
            default: return pass();
          }
        });
    part.span = spanFrom(first);
    if (!part.expr) part.expr = errorExpr(part.span);
    parts.push_back(std::move(part));
  });
  return parts;
}

CheckDecl AstBuilder::checkDecl(Doc documentation, uint32_t first) {
  CheckDecl d;
  d.doc = documentation;
  visit(
      [&](const Token& t) {
        if (t.kind == TokenKind::LABEL && !d.name) d.name = label(t);
      },
      [&](uint16_t rule) {
        switch (rule) {
          case Rules::RuleExpr: {
            const uint32_t start = here();
            d.condition = expr();
            // What follows a slip is not what was meant.
            if (stumbled(first, start)) d.condition = errorExpr(spanFrom(start));
            return;
          }
          case Rules::RuleAnnotation: return void(d.annotations.push_back(annotation()));
          default: return pass();
        }
      });
  d.span = spanFrom(first);
  if (!d.condition) d.condition = errorExpr(d.span);
  return d;
}

GroupDecl AstBuilder::groupDecl(Doc documentation, uint32_t first) {
  GroupDecl d;
  d.doc = documentation;
  visitBody(d.body, [&](uint16_t rule) {
    switch (rule) {
      case Rules::RuleName: d.name = name(); return;
      case Rules::RuleText: d.title = text(); return;
      case Rules::RuleMember: return member(d.members);
      default: return pass();
    }
  });
  d.span = spanFrom(first);
  return d;
}

Annotation AstBuilder::annotation() {
  Annotation a;
  const uint32_t first = here();
  visitRules([&](uint16_t rule) {
    switch (rule) {
      case Rules::RuleQname: a.name = qname(); return;
      case Rules::RuleArgs: return arguments(a.args, a.labels);
      default: return pass();
    }
  });
  a.span = spanFrom(first);
  return a;
}

ExprId AstBuilder::filter() {
  ExprId condition;
  const uint32_t first = here();
  visitRules([&](uint16_t rule) { rule == Rules::RuleExpr ? void(condition = expr()) : pass(); });
  return condition ? condition : errorExpr(spanFrom(first));
}

}  // namespace cambium::syntax
