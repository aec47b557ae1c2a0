namespace MailProxy.Proxy.Milter;

/// <summary>What all milters together may take for one message, from its final dot on: a limit of each answer alone bounds neither their number nor their patience.</summary>
/// <param name="all">In all.</param>
/// <param name="time">The clock.</param>
internal sealed class MilterBudget(TimeSpan all, TimeProvider time)
{
    private readonly long _began = time.GetTimestamp();

    /// <summary>In all.</summary>
    public TimeSpan All => all;

    /// <summary>What is left; zero or less: nothing.</summary>
    public TimeSpan Left => all - time.GetElapsedTime(_began);
}
