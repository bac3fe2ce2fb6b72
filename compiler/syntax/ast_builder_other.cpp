// syntax/ast_builder_other.cpp: views, templates, access, migrations, configuration.
#include "compiler/syntax/ast_builder.h"

namespace cambium::syntax {

ViewDecl AstBuilder::viewDecl(Doc documentation) {
  ViewDecl d;
  d.doc = std::move(documentation);
  const uint32_t first = here();
  visitBody(d.body, [&](uint16_t rule) {
    switch (rule) {
      case Rules::RuleName: d.name = name(); return;
      case Rules::RuleQname: d.of = qname(); return;
      case Rules::RuleFilter: d.where = filter(); return;
      case Rules::RuleAnnotation: return void(d.annotations.push_back(annotation()));
      case Rules::RuleViewItem: {
        ViewItem item;
        const uint32_t start = here();
        visitRules([&](uint16_t child) {
          if (child == Rules::RuleExpr)
            item.expr = expr();
          else if (child == Rules::RuleName)
            item.as = name();
          else
            pass();
        });
        item.span = spanFrom(start);
        if (!item.expr) item.expr = errorExpr(item.span);
        return void(d.items.push_back(item));
      }
      default: return pass();
    }
  });
  d.span = spanFrom(first);
  return d;
}

TemplateDecl AstBuilder::templateDecl(Doc documentation) {
  TemplateDecl d;
  d.doc = std::move(documentation);
  const uint32_t first = here();
  visitBody(d.body, [&](uint16_t rule) {
    switch (rule) {
      case Rules::RuleName: d.name = name(); return;
      case Rules::RuleQname: d.of = qname(); return;
      case Rules::RuleAssign: return void(d.items.push_back(assign()));
      default: return pass();
    }
  });
  d.span = spanFrom(first);
  return d;
}

RoleDecl AstBuilder::roleDecl(Doc documentation) {
  RoleDecl d;
  d.doc = std::move(documentation);
  const uint32_t first = here();
  visitRules([&](uint16_t rule) {
    switch (rule) {
      case Rules::RuleName: d.name = name(); return;
      case Rules::RuleText: d.title = text(); return;
      case Rules::RuleAnnotation: return void(d.annotations.push_back(annotation()));
      default: return pass();
    }
  });
  d.span = spanFrom(first);
  return d;
}

GrantDecl AstBuilder::grantDecl() {
  GrantDecl d;
  const uint32_t first = here();
  TokenKind last = TokenKind::GRANT;
  visit([&](const Token& t) { last = t.kind; },
        [&](uint16_t rule) {
          if (rule == Rules::RuleQname)
            d.on = qname();
          else if (rule == Rules::RuleNames && last == TokenKind::GRANT)
            d.actions = names();
          else if (rule == Rules::RuleNames && last == TokenKind::EXCEPT)
            d.except = names();
          else if (rule == Rules::RuleNames && last == TokenKind::TO)
            d.to = names();
          else if (rule == Rules::RuleAnnotation)
            d.annotations.push_back(annotation());
          else
            pass();
        });
  d.span = spanFrom(first);
  return d;
}

PolicyDecl AstBuilder::policyDecl(Doc documentation) {
  PolicyDecl d;
  d.doc = std::move(documentation);
  const uint32_t first = here();
  bool to = false;
  visit([&](const Token& t) { to = to || t.kind == TokenKind::TO; },
        [&](uint16_t rule) {
          switch (rule) {
            case Rules::RuleName: d.name = name(); return;
            case Rules::RuleQname: d.on = qname(); return;
            case Rules::RuleNames: (to ? d.to : d.actions) = names(); return;
            case Rules::RuleExpr: d.condition = expr(); return;
            case Rules::RuleAnnotation: return void(d.annotations.push_back(annotation()));
            default: return pass();
          }
        });
  d.span = spanFrom(first);
  if (!d.condition) d.condition = errorExpr(d.span);
  return d;
}

// ---------------------------------------------------------------- migrations

MigrationDecl AstBuilder::migrationDecl() {
  MigrationDecl d;
  const uint32_t first = here();
  bool to = false;
  visit(
      [&](const Token& t) {
        brace(t, d.body);
        to = to || t.kind == TokenKind::TO;
      },
      [&](uint16_t rule) {
        switch (rule) {
          case Rules::RuleText: (to ? d.to : d.from) = text(); return;
          case Rules::RuleMigrationItem: return void(d.items.push_back(migrationItem()));
          default: return pass();
        }
      });
  d.span = spanFrom(first);
  return d;
}

MigrationItem AstBuilder::migrationItem() {
  using Kind = MigrationItem::Kind;
  MigrationItem i;
  const uint32_t first = here();
  switch (tokens_[first].kind) {
    case TokenKind::CONVERT: i.kind = Kind::convert; break;
    case TokenKind::SPLIT: i.kind = Kind::split; break;
    case TokenKind::MERGE: i.kind = Kind::merge; break;
    case TokenKind::FILL: i.kind = Kind::fill; break;
    case TokenKind::APPROVE: i.kind = Kind::approve; break;
    default: break;
  }
  bool down = false, by = false;
  visit(
      [&](const Token& t) {
        down = down || t.kind == TokenKind::DOWN;
        by = by || t.kind == TokenKind::BY;
        if (i.kind == Kind::approve && t.kind != TokenKind::APPROVE && !i.action)
          i.action = nameOf(t);
      },
      [&](uint16_t rule) {
        switch (rule) {
          case Rules::RuleQname: return void(i.paths.push_back(qname()));
          case Rules::RuleQnames: i.paths = qnames(); return;
          case Rules::RuleName:
            if (by)
              i.by = name();
            else
              i.targets.push_back(name());
            return;
          case Rules::RuleNames: i.targets = names(); return;
          case Rules::RuleExpr: (down ? i.down : i.up) = expr(); return;
          case Rules::RuleText: i.reason = text(); return;
          case Rules::RuleBoth: {
            bool second = false;
            visit([&](const Token& t) { second = second || t.kind == TokenKind::DOWN; },
                  [&](uint16_t child) {
                    if (child == Rules::RuleAssigns)
                      (second ? i.downAssigns : i.upAssigns) = assigns();
                    else
                      pass();
                  });
            return;
          }
          default: return pass();
        }
      });
  i.span = spanFrom(first);
  // A line that was not understood says nothing about any path.
  if (stumbledAhead() || stumbled(first, token_ > first ? token_ - 1 : first)) i.paths.clear();
  return i;
}

std::vector<Assign> AstBuilder::assigns() {
  std::vector<Assign> list;
  visitRules(
      [&](uint16_t rule) { rule == Rules::RuleAssign ? void(list.push_back(assign())) : pass(); });
  return list;
}

Assign AstBuilder::assign() {
  Assign a;
  const uint32_t first = here();
  visitRules([&](uint16_t rule) {
    if (rule == Rules::RuleName)
      a.name = name();
    else if (rule == Rules::RuleExpr)
      a.value = expr();
    else
      pass();
  });
  a.span = spanFrom(first);
  if (!a.value) a.value = errorExpr(a.span);
  return a;
}

// ---------------------------------------------------------------- configuration

SchemaDecl AstBuilder::schemaDecl(Doc documentation) {
  SchemaDecl d;
  d.doc = std::move(documentation);
  const uint32_t first = here();
  visitBody(d.body, [&](uint16_t rule) {
    switch (rule) {
      case Rules::RuleName: d.name = name(); return;
      case Rules::RuleSetting: return void(d.settings.push_back(setting()));
      default: return pass();
    }
  });
  d.span = spanFrom(first);
  return d;
}

SettingDecl AstBuilder::setting() {
  SettingDecl s;
  const uint32_t first = here();
  s.doc = doc(first);
  const auto modifier = [&] {
    visitRules([&](uint16_t rule) {
      const Span at = spanOf(tokens_[here()]);
      switch (rule) {
        case Rules::RuleExpr:
          if (s.defaultValue) twice(at, "the default of `" + std::string(s.name.text) + "`");
          s.defaultValue = expr();
          return;
        case Rules::RuleFilter:
          if (s.where) twice(at, "`where`");
          s.where = filter();
          return;
        case Rules::RuleDuration:
          if (!s.rotate.empty()) twice(at, "`rotate`");
          s.rotate = textOf(at);
          s.rotateSpan = at;
          return void(number());
        case Rules::RuleAnnotation: return void(s.annotations.push_back(annotation()));
        default: return pass();
      }
    });
  };
  visit(
      [&](const Token& t) {
        if (t.kind == TokenKind::LABEL && !s.name) s.name = label(t);
      },
      [&](uint16_t rule) {
        switch (rule) {
          case Rules::RuleTypeRef: s.type = typeRef(); return;
          case Rules::RuleJsonObject: {
            s.json = jsonText(here());
            return;
          }
          case Rules::RuleSettingModifier: return modifier();
          default: return pass();
        }
      });
  s.span = spanFrom(first);
  return s;
}

// The path as written, without blanks or comments.
std::string AstBuilder::path() {
  const uint32_t first = here();
  pass();
  std::string result;
  for (uint32_t i = first; i < token_; ++i) result += textOf(tokens_[i]);
  return result;
}

NamespaceDecl AstBuilder::namespaceDecl(Doc documentation) {
  NamespaceDecl d;
  d.doc = std::move(documentation);
  const uint32_t first = here();
  visit(
      [&](const Token& t) {
        brace(t, d.body);
        d.isolated = d.isolated || t.kind == TokenKind::ISOLATED;
      },
      [&](uint16_t rule) {
        switch (rule) {
          case Rules::RulePath: {
            const uint32_t start = here();
            d.path = path();
            d.pathSpan = spanFrom(start);
            return;
          }
          case Rules::RuleUseItem: {
            UseItem use;
            visitRules([&](uint16_t child) {
              if (child == Rules::RuleQname)
                use.schema = qname();
              else if (child == Rules::RuleName)
                use.as = name();
              else
                pass();
            });
            return void(d.uses.push_back(std::move(use)));
          }
          case Rules::RuleNsItem: return void(d.items.push_back(namespaceItem()));
          default: return pass();
        }
      });
  d.span = spanFrom(first);
  return d;
}

NamespaceItem AstBuilder::namespaceItem() {
  using Kind = NamespaceItem::Kind;
  NamespaceItem i;
  const uint32_t first = here();
  switch (tokens_[first].kind) {
    case TokenKind::OWNER: i.kind = Kind::owner; break;
    case TokenKind::GRANT: i.kind = Kind::grant; break;
    case TokenKind::APPROVALS: i.kind = Kind::approvals; break;
    case TokenKind::CONFIG: i.kind = Kind::config; break;
    default: break;
  }
  visitRules([&](uint16_t rule) {
    switch (rule) {
      case Rules::RuleText: i.text = text(); return;
      case Rules::RuleName: i.role = name(); return;
      case Rules::RuleNames: i.environments = names(); return;
      case Rules::RuleNumber: i.value = number(); return;
      case Rules::RuleExpr: i.value = expr(); return;
      case Rules::RuleSeg: {
        const uint32_t start = here();
        if (!i.path.empty()) i.path += '/';
        i.path += path();
        i.pathSpan = i.pathSpan ? join(i.pathSpan, spanFrom(start)) : spanFrom(start);
        return;
      }
      default: return pass();
    }
  });
  i.span = spanFrom(first);
  return i;
}

}  // namespace cambium::syntax
