namespace MailProxy.Proxy.Tests.Soak;

/// <summary>How peers of a soak take their time. No test waits for anything by it.</summary>
internal static class SoakPause
{
    public static async Task OfAsync(int milliseconds, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(Math.Max(milliseconds, 1)));
        await timer.WaitForNextTickAsync(cancellationToken);
    }
}
