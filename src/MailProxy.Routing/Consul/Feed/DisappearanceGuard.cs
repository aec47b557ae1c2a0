using MailProxy.Routing.Consul.Client;
using Microsoft.Extensions.Logging;

namespace MailProxy.Routing.Consul.Feed;

/// <summary>
/// Judges answers in which something has gone. What the ACL denies is missing from a list without a word, but a single key that it denies is
/// refused aloud: so one of the lost keys is asked for by name. If that shows nothing wrong the loss is believed at once, except that of
/// everything at a time, when that was many (an operator's slip, or a fresh server at the old address): it must last.
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

    /// <summary>Whether the loss is to be believed.</summary>
    /// <param name="probeKey">A key that stood there last, or could stand there.</param>
    /// <param name="lost">How many entries are gone; 0 when none were known.</param>
    /// <param name="nothingLeft">The answer holds nothing at all.</param>
    /// <param name="cancellationToken">Ends the probe.</param>
    /// <exception cref="ConsulException">The probe was denied, or failed: nothing can be said.</exception>
    public async ValueTask<bool> BelievesAsync(string probeKey, int lost, bool nothingLeft, CancellationToken cancellationToken)
    {
        var probe = await kv.GetAsync(probeKey, default, cancellationToken);
        if (probe.Found)
        {
            // It is back already, or a server is behind: the next read tells.
            return false;
        }

        if (!nothingLeft || lost < Many)
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

        if (time.GetElapsedTime(doubtedSince) < ConfirmAfter)
        {
            return false;
        }

        logger.LogWarning("Watch of {Watch}: the loss of {Lost} entries has lasted and is believed", name, lost);
        doubt = null;
        return true;
    }
}
