#include "runtime/model/make_layer.h"

#include <stdexcept>

#include "runtime/model/dense.h"
#include "runtime/model/m2rnn.h"
#include "runtime/model/mamba3.h"
#include "runtime/model/mla.h"
#include "runtime/model/moe.h"

namespace nam56r::runtime {

std::shared_ptr<Layer> MakeLayer(plan::Family family, const recipe::Recipe& recipe,
                                 const std::string& global_prefix, const Initializer& initializer,
                                 ExpertExchange& exchange) {
  switch (family) {
    case plan::Family::kA:
      return std::make_shared<MlaLayer>(recipe, global_prefix, initializer);
    case plan::Family::kE:
      return std::make_shared<MoeLayer>(recipe, global_prefix, initializer, exchange);
    case plan::Family::kM:
      return std::make_shared<Mamba3Layer>(recipe, global_prefix, initializer);
    case plan::Family::kR:
      return std::make_shared<M2rnnLayer>(recipe, global_prefix, initializer);
    case plan::Family::kF:
      return std::make_shared<DenseLayer>(recipe, global_prefix, initializer);
  }
  throw std::logic_error("MakeLayer: no such family");
}

}  // namespace nam56r::runtime
