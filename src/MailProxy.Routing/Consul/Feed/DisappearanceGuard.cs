using MailProxy.Routing.Consul.Client;
using Microsoft.Extensions.Logging;

namespace MailProxy.Routing.Consul.Feed;

/// <summary>
/// Judges answers in which everything is gone. A list that the ACL denies looks exactly like an empty one, but a single key that it denies is
/// refused aloud: so one key is asked for. If that shows nothing wrong, the loss of a few keys is believed at once, and the loss of many
/// (an operator's slip, or a fresh server at the old address) only after it has lasted.
/// </summary>
internal sealed class DisappearanceGuard(string name, IConsulKv kv, TimeProvider time, ILogger logger)
{
    /// <summary>From so many keys on a loss of all is not believed at once.</summary>
    public const int Many = 5;

    /// <summary>How long the loss of many must last.</summary>
    public static readonly TimeSpan ConfirmAfter = TimeSpan.FromSeconds(30);

    private long doubtedSince;
    private volatile string? doubt;

    /// <summary>What is doubted, as a phrase for readiness; null: nothing.</summary>
    public string? Doubt => doubt;

    /// <summary>There is something again.</summary>
    public void Reset() => doubt = null;

    /// <summary>Whether an empty answer is to be believed.</summary>
    /// <param name="probeKey">A key that stood there last, or could stand there.</param>
    /// <param name="lost">How many entries are gone; 0 when there were none known.</param>
    /// <param name="cancellationToken">Ends the probe.</param>
    /// <exception cref="ConsulException">The probe was denied, or failed: nothing can be said.</exception>
    public async ValueTask<bool> BelievesEmptyAsync(string probeKey, int lost, CancellationToken cancellationToken)
    {
        var probe = await kv.GetAsync(probeKey, default, cancellationToken);
        if (lost < Many && !probe.Found)
        {
            doubt = null;
            return true;
        }

        if (doubt is null)
        {
            doubtedSince = time.GetTimestamp();
            doubt = $"{name}: Consul shows none of the {lost} entries any more; they are kept for {ConfirmAfter.TotalSeconds:0} s";
            logger.LogWarning(
                "Watch of {Watch}: Consul shows none of the {Lost} entries any more; they are kept unless that lasts {Seconds} s",
                name, lost, ConfirmAfter.TotalSeconds);
        }

        if (probe.Found || time.GetElapsedTime(doubtedSince) < ConfirmAfter)
        {
            return false;
        }

        logger.LogWarning("Watch of {Watch}: the loss of {Lost} entries has lasted and is believed", name, lost);
        doubt = null;
        return true;
    }
}
