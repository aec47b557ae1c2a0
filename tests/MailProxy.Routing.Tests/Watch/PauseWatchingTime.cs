using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace MailProxy.Routing.Tests.Watch;

/// <summary>A clock that stands still, and tells which pauses are being made.</summary>
/// <param name="longestPause">What is longer is no pause but the limit of a request; null: 9 s.</param>
internal sealed class PauseWatchingTime(TimeSpan? longestPause = null) : FakeTimeProvider
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly Channel<TimeSpan> pauses = Channel.CreateUnbounded<TimeSpan>();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero && dueTime < (longestPause ?? TimeSpan.FromSeconds(9)))
        {
            pauses.Writer.TryWrite(dueTime);
        }

        return timer;
    }

    /// <summary>Waits until somebody pauses, and lets no time pass.</summary>
    public async Task SeePauseAsync() => await pauses.Reader.ReadAsync().AsTask().WaitAsync(Limit);

    /// <summary>Waits until somebody pauses, lets that time pass, and says how long it was.</summary>
    public async Task<TimeSpan> PassPauseAsync()
    {
        var pause = await pauses.Reader.ReadAsync().AsTask().WaitAsync(Limit);
        Advance(pause);
        return pause;
    }
}
