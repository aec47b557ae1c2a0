using Xunit;

namespace MailProxy.EndToEnd.Tests.Moves;

/// <summary>It takes both processors, so nothing that looks at a clock runs beside it.</summary>
[CollectionDefinition(nameof(MoveChaosCollection), DisableParallelization = true)]
public sealed class MoveChaosCollection;
