namespace MailProxy.Routing.Health;

/// <summary>When an address of a store counts as down by what this node's own connections tell, how it is looked at again, and how users come back.</summary>
public sealed class StoreHealthOptions
{
    /// <summary>
    /// Failures in a row (no connection, no TLS, no greeting) after which nobody dials the address but probes. One or two may be a restart or a lost
    /// packet; 5 is Envoy's and Polly's usual number and costs five users one wait.
    /// </summary>
    public int Failures { get; set; } = 5;

    /// <summary>
    /// Different users whose logins a store that greets left without an answer, with nobody answered in between, after which its address counts as down: as many as
    /// <see cref="Failures"/>, each of whom has waited for Limits:StoreLogin (20 s). One user's locked mailbox is one.
    /// </summary>
    public int SilentUsers { get; set; } = 5;

    /// <summary>
    /// Who was not answered longer ago does not count: several times Limits:StoreLogin, so that five users one after the other are seen as one trouble, and five locked
    /// mailboxes of a quiet night are not.
    /// </summary>
    public TimeSpan SilentWindow { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// From one login that is let through to a store that did not answer logins to the next, as no probe has an account there: half of Limits:StoreLogin, so that two users at a
    /// time wait for it at the most.
    /// </summary>
    public TimeSpan TrialEvery { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>From one probe of a down address to the next; each is shifted by up to a quarter, so that proxies do not knock all at once. A restart takes seconds.</summary>
    public TimeSpan ProbeEvery { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a probe may take from dialling to the greeting and TLS; that of a dial, Limits:StoreConnect.</summary>
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Logins that may be under way at once at a store that has just come back; twice as many each second. Its caches are cold, and a login reads a
    /// mailbox's index from disk: ten at a time are within what one disk reads.
    /// </summary>
    public int ReturnLogins { get; set; } = 10;

    /// <summary>After so long nobody is held back any more: ten doublings, so a thousand times as many as at first.</summary>
    public TimeSpan ReturnTime { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a login waits for its turn; then it hears the temporary failure. Mail programs give up after 30 s and more.</summary>
    public TimeSpan ReturnWait { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Logins that may wait for one store; those beyond hear the temporary failure at once. A tenth of Limits:Connections.</summary>
    public int ReturnWaiting { get; set; } = 10_000;

    /// <summary>Every error, as <c>path: what to do</c>.</summary>
    public IEnumerable<string> Validate(string path)
    {
        foreach (var (name, value, most) in new[]
        {
            (nameof(Failures), Failures, 1_000), (nameof(SilentUsers), SilentUsers, 1_000), (nameof(ReturnLogins), ReturnLogins, 1_000), (nameof(ReturnWaiting), ReturnWaiting, 1_000_000),
        })
        {
            if (value < 1 || value > most)
            {
                yield return $"{path}:{name}: give a number from 1 to {most}.";
            }
        }

        foreach (var (name, value) in new[]
        {
            (nameof(SilentWindow), SilentWindow), (nameof(TrialEvery), TrialEvery), (nameof(ProbeEvery), ProbeEvery), (nameof(ProbeTimeout), ProbeTimeout), (nameof(ReturnTime), ReturnTime), (nameof(ReturnWait), ReturnWait),
        })
        {
            if (value < TimeSpan.FromSeconds(0.1) || value > TimeSpan.FromMinutes(10))
            {
                yield return $"{path}:{name}: give a time from 0.1 s to 10 min, like \"00:00:05\".";
            }
        }
    }
}
