using MailProxy.Routing.Health;

namespace MailProxy.Proxy.Pop3;

/// <summary>
/// Whether the POP3 server at one address takes several commands in one go (RFC 2449 6.6). CAPA costs a round trip and a login in one go saves one, so it
/// is asked only where logins are frequent, and again from time to time: another server may answer there by now.
/// </summary>
internal sealed class Pop3Pipelining
{
    // The first few logins of a rarely used store pay nothing; from then on CAPA costs a thousandth of what it can save.
    private const int AskEvery = 1_000;
    private const int AskFirst = 10;

    private int _logins;
    private volatile bool _isOffered;

    /// <summary>Its last CAPA listed PIPELINING, and no login in one go has gone wrong since.</summary>
    public bool IsOffered => _isOffered;

    /// <summary>What is known of this address; it is forgotten when the address fails.</summary>
    public static Pop3Pipelining Of(EndpointHealth endpoint)
    {
        if (endpoint.Learnt is not Pop3Pipelining known)
        {
            // Two logins at once may make two: the one that is kept starts to count.
            endpoint.Learnt = known = new Pop3Pipelining();
        }

        return known;
    }

    /// <summary>Counts a login. True: this one is to ask for CAPA, and to tell.</summary>
    public bool IsToAsk() => Interlocked.Increment(ref _logins) % AskEvery == AskFirst;

    /// <summary>What CAPA said.</summary>
    public void Tell(bool isOffered) => _isOffered = isOffered;

    /// <summary>A login in one go got no answer: not again, until CAPA has said so anew.</summary>
    public void Doubt()
    {
        _isOffered = false;
        Volatile.Write(ref _logins, 0);
    }
}
