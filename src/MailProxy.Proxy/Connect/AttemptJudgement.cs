using MailProxy.Proxy.Failures;

namespace MailProxy.Proxy.Connect;

/// <summary>What an attempt at a store tells of its address, as opposed to what it tells of the user.</summary>
internal static class AttemptJudgement
{
    /// <summary>True: the address is well. False: it is of no use, to anybody. Null: nothing can be said.</summary>
    /// <param name="failure">How the attempt ended; null: well.</param>
    /// <param name="isGreeted">The store greeted as it should.</param>
    public static bool? IsWell(ProxyFailure? failure, bool isGreeted) => failure switch
    {
        null => true,
        ProxyFailure.StoreTlsFailed => false,
        _ when !isGreeted => false,

        // A store that answers is well, whatever it thinks of this user.
        ProxyFailure.StoreRefusedLogin or ProxyFailure.TooManySessions or ProxyFailure.StoreTemporaryFailure or ProxyFailure.StoreReferred
            or ProxyFailure.StoreLacksUtf8 or ProxyFailure.StoreLacksBinary => true,

        // Silence and nonsense behind the greeting may be one mailbox's trouble; silence for several users is told to the monitor by whom it befell.
        _ => null,
    };
}
