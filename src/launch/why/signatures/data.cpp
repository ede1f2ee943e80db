// Data sets and tokenizers.
#include "src/launch/why/signatures/groups.h"

namespace nam56r::launch::why {
namespace {

constexpr Signature
    kSignatures
        [] =
            {
                {
                    .code = "WHY3601",
                    .cls = Class::kData,
                    .title = "A data set whose files are not there",
                    .cause = "The data set's files are not at {1}.",
                    .all =
                        {R"((?:One or both of the \.idx and \.bin files cannot be found at the|Dataset does not exist: |could not find .*\.idx|No such file or directory: .?(\S+\.(?:idx|bin|npy|jsonl?(?:\.gz)?|parquet|arrow|tar|h5|csv)\b)))"},
                    .none = {R"(\.triton|torchinductor)"},
                    .confidence = 0.8,
                    .next = "Correct the prefix, without .bin and .idx, and see that every node "
                            "has the file.",
                    .fields = {"policy.data.dataset", "host.datasets"},
                    .why = "Megatron-LM maps PREFIX.bin and PREFIX.idx on every node.",
                    .matches = "FileNotFoundError: One or both of the .idx and .bin files cannot "
                               "be found at the path prefix /data/text_document",
                    .near_miss = "reading /data/text_document.idx",
                    .source = "NVIDIA/Megatron-LM core_v0.19.0 "
                              "megatron/core/datasets/indexed_dataset.py:580",
                },
                {
                    .code = "WHY3602",
                    .cls = Class::kData,
                    .title = "An index that does not fit its data",
                    .cause = "The index of the data set is not what it should be: {1}.",
                    .all =
                        {R"(((?:bad header, cannot read: .*|Index file doesn't match expected format.*|assert self\._index\.sizes.*doc_idx.*|wrong magic|bad magic|mmap length is greater than file size|.*idx.* mismatch the return idx.*|cannot mmap an empty file|failed to (?:load|mmap) .*index.*)))"},
                    .confidence = 0.88,
                    .next = "Build the data set again; remove half-written index caches.",
                    .fields = {"policy.data.dataset"},
                    .why = "The file is cut, is of another format, or two ranks wrote the cache at "
                           "once.",
                    .matches = "AssertionError: bad header, cannot read: /data/text.idx",
                    .near_miss = "index loaded in 3 s",
                    .source = "NVIDIA/Megatron-LM core_v0.19.0 "
                              "megatron/core/datasets/indexed_dataset.py:360; numpy/numpy v1.26 "
                              "numpy/core/memmap.py",
                },
                {
                    .code = "WHY3603",
                    .cls = Class::kData,
                    .title = "Tokens that the vocabulary does not have",
                    .cause = "A token lies beyond the embedding table.",
                    .all =
                        {R"((?:(?:Indexing|indexSelect\w*|Embedding|gather|vectorized_gather_kernel|ScatterGather|IndexKernel)\S*.*Assertion .?(?:srcIndex < srcSelectDimSize|ind(?:ex)? >=? ?-?\w* ?&& ind(?:ex)? < \w+.*|t >= 0 && t < n_classes|-sizes\[i\] <= index.*|idx_dim >= 0 && idx_dim < index_size.*).? failed|IndexError: index out of range in self|index \d+ is out of bounds for (?:axis|dimension) 0 with size \d+ .*vocab))"},
                    .confidence = 0.62,
                    .next = "Compare the tokenizer's size with the padded vocabulary of the model, "
                            "and the longest sequence with the positions.",
                    .fields = {"recipe.model.vocab_size", "policy.data.dataset"},
                    .why = "A device-side assertion of an embedding or a loss says that an index "
                           "is not below the table's size. Token ids, labels or positions come "
                           "from the data.",
                    .matches = "../aten/src/ATen/native/cuda/Indexing.cu:1289: "
                               "indexSelectLargeIndex: block: [3,0,0], thread: [0,0,0] Assertion "
                               "`srcIndex < srcSelectDimSize` failed.",
                    .near_miss = "srcIndex is fine",
                    .source = "pytorch/pytorch v2.5 aten/src/ATen/native/cuda/Indexing.cu, "
                              "Loss.cu, IndexKernel.cu",
                },
                {
                    .code = "WHY3604",
                    .cls = Class::kData,
                    .title = "A tokenizer that cannot be read",
                    .cause = "The tokenizer cannot be read: {1}.",
                    .all =
                        {R"(((?:OSError: Can't load tokenizer for .*|Can't load tokenizer for.*|.*sentencepiece_processor\.cc.*|Exception: (?:data did not match any variant of untagged enum|expected value at line|No such file).*|Couldn't instantiate the backend tokenizer.*|Unable to load vocabulary from file.*|RuntimeError: Internal: could not parse ModelProto.*|Tokenizer class \S+ does not exist.*)))"},
                    .confidence = 0.72,
                    .next = "See that the file is whole and of the kind that the tokenizer type "
                            "reads; a Git LFS pointer is not.",
                    .fields = {"policy.data.tokenizer"},
                    .why = "Tokenizer files are read by libraries that know their own formats and "
                           "versions.",
                    .matches = "OSError: Can't load tokenizer for 'meta-llama/Llama-2-7b'.",
                    .near_miss = "tokenizer loaded",
                    .source = "huggingface/transformers v4.46 "
                              "src/transformers/tokenization_utils_base.py; google/sentencepiece "
                              "v0.2 src/sentencepiece_processor.cc",
                },
                {
                    .code = "WHY3605",
                    .cls = Class::kData,
                    .title = "A data set too small for the run",
                    .cause = "The data set has too few samples or documents: {1}.",
                    .all =
                        {R"(((?:cyclic_iter: iterable produced no data.*|num_samples should be a positive integer value, but got num_samples=0.*|.*(?:data ?set|dataset).* (?:is empty|has no (?:documents|samples)|too small).*|.*has (?:0|no) (?:documents|samples|elements).*|no sample to consume: \d+|StopIteration.*dataloader)))"},
                    .confidence = 0.75,
                    .next = "Give more data, change the split, or train fewer steps.",
                    .fields = {"policy.data.split", "policy.data.dataset"},
                    .why = "A split or a blend left a data set without samples for what is asked.",
                    .matches = "AssertionError: no sample to consume: 0",
                    .near_miss = "samples: 100",
                    .source = "NVIDIA/Megatron-LM core_v0.19.0 "
                              "megatron/training/datasets/data_samplers.py; pytorch/pytorch v2.5 "
                              "torch/utils/data/sampler.py",
                },
                {
                    .code = "WHY3606",
                    .cls = Class::kData,
                    .title = "Records that cannot be read",
                    .cause = "A record of the data cannot be read: {1}.",
                    .all =
                        {R"(((?:json\.decoder\.JSONDecodeError: .*|UnicodeDecodeError: .utf-?8. codec can.t decode.*|pyarrow\.lib\.Arrow\w+: .*|datasets\.(?:table|builder|exceptions)\.\w*Error.*|zlib\.error: .*|EOFError: Compressed file ended.*|pickle\.UnpicklingError.*|DatasetGenerationError.*|ArrowInvalid.*|RuntimeError: stack expects each tensor to be equal size.*|RuntimeError: each element in list of batch should be of equal size.*)))"},
                    .none = {"triton|inductor"},
                    .confidence = 0.55,
                    .next = "Look at the record; read the file with the tool that wrote it.",
                    .why = "Files that are cut, of another encoding or another schema end a data "
                           "loader.",
                    .matches = "pyarrow.lib.ArrowInvalid: Parquet magic bytes not found in footer.",
                    .near_miss = "json loaded",
                    .source = "apache/arrow 15 python/pyarrow/error.pxi; python/cpython v3.12 "
                              "Lib/json/decoder.py",
                },
                {
                    .code = "WHY3607",
                    .cls = Class::kData,
                    .title = "Weights that are not whole",
                    .cause = "A file of weights cannot be read: {1}.",
                    .all =
                        {R"(((?:safetensors_rust\.SafetensorError: .*|SafetensorError.*|PytorchStreamReader failed .*|Unable to load weights from (?:pytorch )?checkpoint file.*|invalid load key, '.*'|_pickle\.UnpicklingError: .*|MetadataIncompleteBuffer|HeaderTooLarge)))"},
                    .confidence = 0.7,
                    .next = "Download or write it again, and compare its size; a Git LFS pointer "
                            "is a text of some hundred bytes.",
                    .fields = {"policy.checkpoint.load"},
                    .why = "The file is cut, or is a pointer to the file.",
                    .matches = "safetensors_rust.SafetensorError: Error while deserializing "
                               "header: HeaderTooLarge",
                    .near_miss = "weights loaded",
                    .source = "huggingface/safetensors v0.4 safetensors/src/tensor.rs; "
                              "pytorch/pytorch v2.5 caffe2/serialize/inline_container.cc",
                },
                {
                    .code = "WHY3608",
                    .cls = Class::kStack,
                    .title = "Megatron's dataset helpers do not compile",
                    .cause = "Megatron could not compile its dataset helpers on this host.",
                    .all = {"Failed to compile the C\\+\\+ dataset helper functions|"
                            "Makefile:\\d+: helpers_cpp.* Error"},
                    .confidence = 0.85,
                    .next = "Install pybind11 and a C++ compiler where the ranks run, or build "
                            "megatron/core/datasets/helpers_cpp beforehand (make -C).",
                    .fields = {"host.versions"},
                    .why = "The first rank of a node runs make in megatron/core/datasets before "
                           "the data sets are built, and ends if that fails.",
                    .matches = "ERROR:megatron.core.datasets.utils:Failed to compile the C++ "
                               "dataset helper functions",
                    .near_miss = "> compiling dataset index builder ...",
                    .source = "NVIDIA/Megatron-LM core_v0.19.0 megatron/core/datasets/utils.py",
                },
};

}  // namespace

std::span<const Signature> DataSignatures() { return kSignatures; }

}  // namespace nam56r::launch::why
