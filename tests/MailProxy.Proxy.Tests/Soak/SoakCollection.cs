using Xunit;

namespace MailProxy.Proxy.Tests.Soak;

/// <summary>Alone in the process, because it counts the process's descriptors and TLS sessions.</summary>
[CollectionDefinition(nameof(SoakCollection), DisableParallelization = true)]
public sealed class SoakCollection;
