// Supervised training: epochs of shuffled batches; each batch is attacked as the pipeline lists,
// then the weights step along the gradient of its loss. With attacks on events this is adversarial
// training (arXiv:1412.6572, arXiv:1706.06083), with attacks on the weights it is
// sharpness-aware minimisation (arXiv:2010.01412).
#include <steppe/trainer.hpp>

#include <cmath>
#include <limits>

namespace {

struct Supervised {
  struct Parameters {
    std::int64_t epochs = 10;
    std::int64_t batch = 128;
    bool drop_last = false;
    double adversarial_fraction = 1.0;
    double clip = 0.0;
    std::string keep = "best";

    static auto schema() {
      return steppe::schema(
          steppe::field<&Parameters::epochs>("passes over the training split",
                                             steppe::at_least(1)),
          steppe::field<&Parameters::batch>("events a step", steppe::at_least(2),
                                            steppe::unit("events")),
          steppe::field<&Parameters::drop_last>("leave out a last batch that is not full"),
          steppe::field<&Parameters::adversarial_fraction>(
              "part of each batch that is attacked, counted down to whole events",
              steppe::between(0.0, 1.0)),
          steppe::field<&Parameters::clip>(
              "longest gradient of a step in Euclidean norm; 0: no limit", steppe::at_least(0.0)),
          steppe::field<&Parameters::keep>(
              "weights the training ends with: of the epoch with the lowest validation loss, or of "
              "the last epoch",
              steppe::choices({"best", "last"})));
    }
  } parameters;

  double best_loss = std::numeric_limits<double>::infinity();

  void begin(steppe::Session& session) {
    const auto& p = parameters;
    if (p.keep == "best" && session.validation_rows() == 0)
      throw steppe::Error{"keep = \"best\" needs a validation split, and it is empty; set "
                          "keep = \"last\" or [pipeline] splits"};
    session.plan(static_cast<std::uint64_t>(p.batch), static_cast<std::uint64_t>(p.epochs),
                 p.drop_last);
    session.keep("best_loss", best_loss);
  }

  bool epoch(steppe::Session& session, std::uint64_t epoch) {
    while (session.next_batch() > 0) {
      for (int attack = 0; attack < session.attacks(); ++attack)
        session.attack(attack, parameters.adversarial_fraction);
      session.gradient();
      if (parameters.clip > 0) session.clip(parameters.clip);
      session.step();
    }
    session.log("loss", session.mean_loss());
    validate(session);
    const bool last = epoch + 1 == static_cast<std::uint64_t>(parameters.epochs);
    if (last && parameters.keep == "best") session.load("best");
    return last;
  }

 private:
  void validate(steppe::Session& session) {
    if (session.validation_rows() == 0) return;
    const double loss = session.evaluate(steppe::Split::validation).loss;
    session.log("validation_loss", loss);
    if (!std::isfinite(loss))
      throw steppe::Error{"the validation loss is not finite; try a lower learning rate"};
    if (parameters.keep != "best" || loss >= best_loss) return;
    best_loss = loss;
    session.store("best");
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::trainer<Supervised>({
    .name = "supervised",
    .summary = "epochs of batches: attack, gradient, step; validated after every epoch",
    .text = "Minimises the weighted mean of the binary cross-entropy. The training loss in the "
            "history is that of the attacked batches; the validation loss is clean.",
    .source = "arXiv:1706.06083, arXiv:2010.01412",
    .example = "[trainer.fit]\nuse       = \"supervised\"\ndata      = \"features.{train}\"\n"
               "model     = \"tagger\"\noptimizer = \"adamw\"\nattack    = \"fgsm\"\n"
               "batch     = 128\nepochs    = 20",
}))
