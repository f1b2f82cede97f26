// Supervised training: epochs of shuffled batches; each batch is attacked as the pipeline lists,
// then the weights step along the gradient of its loss. With attacks on events this is adversarial
// training (arXiv:1412.6572, arXiv:1706.06083), with attacks on the weights it is
// sharpness-aware minimisation (arXiv:2010.01412).
#include <steppe/trainer.hpp>

#include <cmath>
#include <limits>

#include "schedules.hpp"

namespace {

namespace schedules = steppe::schedules;

struct Supervised {
  struct Parameters {
    std::int64_t epochs = 10;
    std::int64_t batch = 128;
    bool drop_last = false;
    double adversarial_fraction = 1.0;
    std::int64_t adversarial_from = 0;
    std::int64_t adversarial_ramp = 0;
    double clip = 0.0;
    bool clip_moved = true;
    schedules::Kind schedule = schedules::Kind::constant;
    std::int64_t warm_up = 0;
    double decay = 0.1;
    std::int64_t decay_every = 10;
    std::int64_t patience = 0;
    std::string keep = "best";
    std::string average = "none";
    double average_decay = 0.999;
    std::int64_t average_from = 0;

    static auto schema() {
      using P = Parameters;
      using namespace steppe;
      return steppe::schema(
          field<&P::epochs>("passes over the training split", at_least(1)),
          field<&P::batch>("events a step", at_least(2), unit("events")),
          field<&P::drop_last>("leave out a last batch that is not full"),
          field<&P::adversarial_fraction>(
              "part of each batch that is attacked, counted down to whole events",
              between(0.0, 1.0)),
          field<&P::adversarial_from>("epoch (from 0) up to which no event is attacked",
                                      at_least(0), unit("epochs")),
          field<&P::adversarial_ramp>(
              "epochs in which the attacked part then rises to adversarial_fraction; 0: at once",
              at_least(0), unit("epochs")),
          field<&P::clip>("longest gradient of a step in Euclidean norm; 0: no limit",
                          at_least(0.0)),
          field<&P::clip_moved>("clip also the gradient at weights that an attack has moved"),
          field<&P::schedule>("how the learning rate goes from the optimizer's value",
                              choices({"constant", "cosine", "step", "one_cycle"})),
          field<&P::warm_up>("steps in which the learning rate rises linearly from 0, before "
                             "the schedule begins",
                             at_least(0), unit("steps")),
          field<&P::decay>("schedule = 'step': factor on the learning rate", between(0.0, 1.0)),
          field<&P::decay_every>("schedule = 'step': epochs from one factor to the next",
                                 at_least(1), unit("epochs")),
          field<&P::patience>("epochs in a row without a lower validation loss after which the "
                              "training ends; 0: it never does",
                              at_least(0), unit("epochs")),
          field<&P::keep>(
              "weights the training ends with: of the epoch with the lowest validation loss, or of "
              "the last epoch",
              choices({"best", "last"})),
          field<&P::average>("weights that are validated and kept: those of the steps, their "
                             "exponential mean over steps, or their mean over epochs",
                             choices({"none", "ema", "swa"})),
          field<&P::average_decay>("average = 'ema': what a step keeps of the mean before it",
                                   between(0.0, 1.0)),
          field<&P::average_from>("epoch (from 0) from which on weights are averaged", at_least(0),
                                  unit("epochs")));
    }
  } parameters;

  double best_loss = std::numeric_limits<double>::infinity();
  std::uint64_t epochs_since_best = 0;

  void begin(steppe::Session& session) {
    const auto& p = parameters;
    if (p.keep == "best") need_validation(session, "keep = \"best\"", "keep = \"last\"");
    if (p.patience > 0) need_validation(session, "'patience'", "patience = 0");
    if (p.average != "none" && p.average_from >= p.epochs)
      throw steppe::Error{"'average_from' is " + std::to_string(p.average_from) +
                          " and there are " + std::to_string(p.epochs) +
                          " epochs, from 0; average from an earlier one"};
    session.plan(count(p.batch), count(p.epochs), p.drop_last);
    session.keep("best_loss", best_loss);
    session.keep("epochs_since_best", epochs_since_best);
  }

  bool epoch(steppe::Session& session, std::uint64_t epoch) {
    const auto& p = parameters;
    const double fraction = schedules::attacked_fraction(
        p.adversarial_fraction, epoch, count(p.adversarial_from), count(p.adversarial_ramp));
    const schedules::LearningRate rate{p.schedule, count(p.warm_up), p.decay, count(p.decay_every)};
    const auto batches = session.batches();
    for (std::uint64_t step = epoch * batches; session.next_batch() > 0; ++step) {
      bool moved = false;
      for (int attack = 0; attack < session.attacks(); ++attack) {
        session.attack(attack, fraction);
        moved = moved || session.moves_weights(attack);
      }
      session.gradient();
      if (p.clip > 0 && (p.clip_moved || !moved)) session.clip(p.clip);
      session.step(schedules::factor(rate, step, count(p.epochs) * batches, epoch));
      if (p.average == "ema" && averages(epoch)) session.average("average", p.average_decay);
    }
    session.log("loss", session.mean_loss());
    return averages(epoch) ? end_averaged(session, epoch) : end(session, epoch);
  }

 private:
  bool averages(std::uint64_t epoch) const {
    return parameters.average != "none" && epoch >= count(parameters.average_from);
  }

  /// @returns whether this was the last epoch; then the session holds what the training ends with.
  bool end(steppe::Session& session, std::uint64_t epoch) {
    const auto& p = parameters;
    validate(session);
    const bool waits = p.average != "none" && !averages(epoch);
    const bool last = epoch + 1 == count(p.epochs) ||
                      (p.patience > 0 && !waits && epochs_since_best >= count(p.patience));
    if (last && p.keep == "best") session.load("best");
    return last;
  }

  /// The same with the mean weights in place of those of the steps, which then go on. Running
  /// statistics are not those of the mean weights, so they are renewed (arXiv:1803.05407).
  bool end_averaged(steppe::Session& session, std::uint64_t epoch) {
    const auto& p = parameters;
    const auto since = epoch - count(p.average_from);
    if (p.average == "swa")
      session.average("average", static_cast<double>(since) / static_cast<double>(since + 1));
    if (since == 0) {  // epochs before were not candidates
      best_loss = std::numeric_limits<double>::infinity();
      epochs_since_best = 0;
    }
    if (epoch + 1 < count(p.epochs) && session.validation_rows() == 0) return false;
    session.store("steps");
    session.load("average");
    session.renew_statistics();
    const bool last = end(session, epoch);
    if (!last) session.load("steps");
    return last;
  }

  /// Settings are not negative: their ranges say so.
  static std::uint64_t count(std::int64_t setting) { return static_cast<std::uint64_t>(setting); }

  static void need_validation(const steppe::Session& session, const std::string& what,
                              const std::string& instead) {
    if (session.validation_rows() == 0)
      throw steppe::Error{what + " needs a validation split, and it is empty; set " + instead +
                          " or [pipeline] splits"};
  }

  void validate(steppe::Session& session) {
    if (session.validation_rows() == 0) return;
    const double loss = session.evaluate(steppe::Split::validation).loss;
    session.log("validation_loss", loss);
    if (!std::isfinite(loss))
      throw steppe::Error{"the validation loss is not finite; try a lower learning rate"};
    ++epochs_since_best;
    if (loss >= best_loss) return;
    best_loss = loss;
    epochs_since_best = 0;
    if (parameters.keep == "best") session.store("best");
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::trainer<Supervised>({
    .name = "supervised",
    .summary = "epochs of batches: attack, gradient, step; validated after every epoch",
    .text =
        "Minimises the weighted mean of the loss. The training loss in the "
        "history is that of the attacked batches; the validation loss is clean.\n\n"
        "Epochs count from 0. The part of a batch that is attacked at epoch e is "
        "adversarial_fraction * clip((e - adversarial_from) / adversarial_ramp, 0, 1); attacks "
        "on the weights act from the first epoch.\n\n"
        "The learning rate at step s of S is the optimizer's times: 1 (constant); "
        "(1 + cos(pi p)) / 2 with p = (s - warm_up) / (S - warm_up) (cosine); "
        "decay^floor(e / decay_every) (step); from 1/25 up to 1 until p = 0.3 and down to "
        "1/250000, along cosines (one_cycle).\n\n"
        "average = 'ema' follows the weights with mean <- d mean + (1 - d) weights at every "
        "step, d = average_decay; 'swa' takes the plain mean of the weights at the ends of "
        "epochs (arXiv:1803.05407); both from epoch average_from on, where they start with the "
        "weights of then. The steps themselves do not see the mean. It is what is validated, "
        "kept and given at the end, with statistics of batch normalisation renewed by a pass "
        "over the training split; epochs before average_from are not kept, and patience begins "
        "there.\n\n"
        "Event weights may be negative: means are sum w l / sum |w|, of a batch and of a split, "
        "so a batch in which weights nearly cancel does not count many times. balance_classes "
        "and class_weights multiply the weights in the training loss alone, that of attacks on "
        "the weights included; the validation loss and all results keep the weights of the "
        "data.",
    .source = "arXiv:1706.06083, arXiv:2010.01412, arXiv:1803.05407",
    .example = "[trainer.fit]\nuse       = \"supervised\"\ndata      = \"features.{train}\"\n"
               "model     = \"tagger\"\noptimizer = \"adamw\"\nattack    = \"fgsm\"\n"
               "batch     = 128\nepochs    = 20",
}))
