// sema/values.cpp: the expressions of types and properties: refinements, defaults, computations.
#include "compiler/ir/refinements.h"
#include "compiler/sema/evaluate.h"
#include "compiler/sema/expr_checker.h"
#include "compiler/sema/expressions.h"

namespace cambium::sema {
namespace {

// `base and own`: an alias of an alias has both refinements.
ir::Expr both(const ir::Expr& base, ir::Expr own) {
  ir::Expr out;
  out.kind = ir::ExprKind::binary;
  out.op = ir::Op::andOp;
  out.type.scalar = ir::Scalar::boolean;
  out.type.optional = base.type.optional || own.type.optional;
  out.span = own.span;
  out.args = operands(base, std::move(own));
  return out;
}

void checkAlias(Context& c, uint32_t index, std::vector<bool>& done) {
  if (done[index]) return;
  done[index] = true;
  const auto& declared = c.aliases[index];
  auto& alias = c.model.aliases[declared.id];
  if (declared.base) {
    checkAlias(c, *declared.base, done);
    alias.where = c.model.aliases[c.aliases[*declared.base].id].where;
  }
  if (!declared.decl->where || declared.type.scalar == ir::Scalar::error) return;
  ir::Type value = alias.type;
  Scope scope{c, *declared.tree, declared.unit, Use::refinement, nullptr, {}, alias.name, &value};
  auto own = checkCondition(scope, *declared.decl->where);
  if (own.kind == ir::ExprKind::error) return;
  alias.where = alias.where ? both(*alias.where, std::move(own)) : std::move(own);
}

class Values {
public:
  Values(Context& c, ir::PropertyId id)
      : c_(c),
        p_(c.model.properties[id]),
        member_(c.propertyWork[id.index()].member),
        d_(*member_.decl) {}

  void run() {
    if (p_.kind == ir::PropertyKind::many) return;
    const ir::Type type = typeInExpressions(c_.model, p_);
    if (d_.computed) return computed(type);
    if (d_.where && p_.kind == ir::PropertyKind::value) {
      ir::Type value = p_.type;
      value.optional = value.list = false;
      auto scope = scopeFor(Use::refinement);
      scope.value = &value;
      auto e = checkCondition(scope, *d_.where);
      if (e.kind != ir::ExprKind::error) p_.where = std::move(e);
    }
    if (d_.defaultValue) defaultValue(type);
  }

private:
  Scope scopeFor(Use use) const {
    return Scope{c_,
                 *member_.tree,
                 member_.unit,
                 use,
                 &c_.model,
                 p_.entity,
                 member_.origin ? member_.origin->qualified : c_.model[p_.entity].name,
                 nullptr};
  }

  void defaultValue(const ir::Type& type) {
    if (isCall(*member_.tree, *d_.defaultValue, "autoincrement") &&
        (*member_.tree)[*d_.defaultValue].args.empty()) {
      p_.autoincrement = true;  // its place is checked in checks/keys.cpp, when the key is known
      return;
    }
    if (p_.kind == ir::PropertyKind::reference && hasSeveralColumns(c_.model, p_)) {
      c_.add(report<Code::TYP016>(p_.span, "a reference to a composite key", "a default"));
      return;
    }
    auto e = checkValue(scopeFor(Use::defaultValue), *d_.defaultValue, type,
                        "the default of `" + p_.name + "`");
    // Nothing is what an optional property has anyway.
    const bool nothing = e.kind == ir::ExprKind::literal && e.type.scalar == ir::Scalar::null;
    if (const auto misfit = refusedBy(ir::refinementsOf(c_.model, p_.type, p_.where), e))
      c_.add(report<Code::EXP016>(misfit->value->span, p_.name,
                                  ir::toString(*misfit->condition, c_.model)))
          .label(misfit->condition->span, "demanded here");
    if (e.kind != ir::ExprKind::error && !nothing) p_.defaultValue = std::move(e);
  }

  void computed(const ir::Type& type) {
    if (p_.kind != ir::PropertyKind::value) return;  // reported with the property
    p_.stored = d_.stored;
    if (d_.where)
      c_.add(report<Code::TYP016>(p_.span, "a computed property", "`where`: write a `check`"));
    if (!d_.defaultValue) {
      if (!member_.tree->hasErrors)
        c_.add(report<Code::TYP015>(p_.span, p_.name))
            .help("write it before `computed`: `" + p_.name + ": … = EXPRESSION computed`");
      return;
    }
    auto e = checkValue(scopeFor(Use::computed), *d_.defaultValue, type,
                        "the expression of `" + p_.name + "`");
    // Poison stays: the property is computed, whatever from.
    p_.computed = std::move(e);
  }

  Context& c_;
  ir::Property& p_;
  const MemberOf<syntax::PropertyDecl>& member_;
  const syntax::PropertyDecl& d_;
};

}  // namespace

void checkAliasConditions(Context& c) {
  std::vector<bool> done(c.aliases.size());
  for (uint32_t i = 0; i < c.aliases.size(); ++i) checkAlias(c, i, done);
}

void checkPropertyValues(Context& c) {
  for (uint32_t i = 0; i < c.model.properties.size(); ++i) Values(c, ir::PropertyId(i)).run();
}

}  // namespace cambium::sema
