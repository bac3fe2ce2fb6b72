// sema/approvals.h: what can be approved in a migration.
#pragma once

#include <optional>

#include "compiler/sema/context.h"

namespace cambium::sema {

// Of the word behind `approve`; nothing where there is none, or (MIG014) another one.
std::optional<ir::ApprovalKind> approvalOf(Context& c, const syntax::Name& word);

}  // namespace cambium::sema
