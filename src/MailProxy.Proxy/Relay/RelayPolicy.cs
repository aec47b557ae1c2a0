using MailProxy.Directory;

namespace MailProxy.Proxy.Relay;

/// <summary>What differs between the three kinds of relay sessions.</summary>
/// <param name="IsLmtp">One verdict per recipient.</param>
/// <param name="MayLeave">Mail for domains that are not ours may go to the smarthost.</param>
/// <param name="IsAuthenticated">For the trace header (RFC 3848).</param>
/// <param name="IsOneStore">A transaction is for one store: <see cref="RelayOptions.OneStorePerTransaction"/>.</param>
internal sealed record RelayPolicy(bool IsLmtp, bool MayLeave, bool IsAuthenticated, bool IsOneStore)
{
    /// <summary>The policy of a listener.</summary>
    public static RelayPolicy Of(MailProtocol protocol, DirectoryUser? submitter, RelayOptions options) =>
        new(protocol == MailProtocol.Lmtp, submitter is not null, submitter is not null, options.OneStorePerTransaction && protocol == MailProtocol.Mx);

    /// <summary>The word behind <c>with</c> (RFC 3848).</summary>
    public string With(bool isEncrypted) => (IsLmtp ? "LMTP" : "ESMTP") + (isEncrypted ? "S" : "") + (IsAuthenticated ? "A" : "");
}
