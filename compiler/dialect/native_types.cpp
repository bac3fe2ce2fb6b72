#include "compiler/dialect/native_types.h"

namespace cambium::dialect {

void adviseOnNativeTypes(const ir::Model& model, const std::string& dialect,
                         std::string_view server, std::string_view (*trapOf)(std::string type),
                         DiagnosticSink& sink) {
  for (const ir::Property& property : model.properties) {
    const auto native = property.native.find(dialect);
    if (native == property.native.end()) continue;
    if (const auto why = trapOf(native->second); !why.empty())
      sink.add(report<Code::ADV004>(property.span,
                                    model[property.entity].name + "." + property.name,
                                    native->second, server, why));
  }
}

}  // namespace cambium::dialect
