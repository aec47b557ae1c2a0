using System.Runtime.CompilerServices;

namespace MailProxy.Proxy.Sessions;

/// <summary>A number of ticks for each <see cref="SessionPhase"/>, inside its owner.</summary>
[InlineArray(Count)]
internal struct PhaseTimes
{
    /// <summary>How many phases there are; a test compares.</summary>
    public const int Count = 10;

    private long _first;
}
