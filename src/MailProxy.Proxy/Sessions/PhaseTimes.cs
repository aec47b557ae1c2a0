using System.Runtime.CompilerServices;

namespace MailProxy.Proxy.Sessions;

/// <summary>Microseconds for each <see cref="SessionPhase"/> (up to 71 minutes; then it stays there), inside its owner.</summary>
[InlineArray(Count)]
internal struct PhaseTimes
{
    /// <summary>How many phases there are; a test compares.</summary>
    public const int Count = 10;

    private uint _first;
}
