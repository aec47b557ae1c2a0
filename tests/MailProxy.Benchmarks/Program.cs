using BenchmarkDotNet.Running;
using MailProxy.Benchmarks;

var summaries = BenchmarkSwitcher.FromAssembly(typeof(BenchmarkConfig).Assembly).Run(args, new BenchmarkConfig()).ToList();

// A benchmark that threw is a failure, which the library only prints.
return summaries.All(summary => !summary.HasCriticalValidationErrors && summary.Reports.All(report => report.Success)) ? 0 : 1;
