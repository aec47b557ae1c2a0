namespace MailProxy.Testing;

/// <summary>For what goes at its own pace (a process that starts, a service that is slow): one beat until it is looked at again.</summary>
public static class Beat
{
    /// <summary>Waits for one.</summary>
    public static async Task WaitAsync(int milliseconds, CancellationToken cancellationToken = default)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(Math.Max(milliseconds, 1)));
        await timer.WaitForNextTickAsync(cancellationToken);
    }
}
