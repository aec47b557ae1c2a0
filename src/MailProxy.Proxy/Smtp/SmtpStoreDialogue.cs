using System.Buffers;
using System.Globalization;
using System.Text;
using MailProxy.Protocols.Smtp;
using MailProxy.Proxy.Connect;
using MailProxy.Proxy.Failures;
using MailProxy.Proxy.StoreLogin;
using MailProxy.Proxy.Wire;
using MailProxy.Transport.Tls;

namespace MailProxy.Proxy.Smtp;

/// <summary>Submission with the store: greeting, EHLO, STARTTLS, XCLIENT when offered, AUTH.</summary>
internal sealed class SmtpStoreDialogue(bool tellClientAddress) : IStoreDialogue
{
    public async ValueTask<Outcome<StoreWelcome>> LogInAsync(MailWire store, StoreLeg leg, CancellationToken cancellationToken)
    {
        var opened = await SmtpStoreOpening.OpenAsync(store, leg, "EHLO", tellClientAddress, cancellationToken);
        if (!opened.IsDone)
        {
            return opened.As<StoreWelcome>();
        }

        await StoreSasl.SendAsync(store, $"AUTH {StoreSasl.Mechanism(leg.Method)} ", StoreSasl.Response(leg), cancellationToken);
        var reply = (await SmtpStoreOpening.ReadAsync(store, cancellationToken)).Value?.Reply;
        return reply?.Code switch
        {
            null => Outcome<StoreWelcome>.Failed(ProxyFailure.StoreProtocolError, "no valid answer to AUTH"),
            235 => new StoreWelcome("", "Logged in."),
            >= 400 and < 500 => Outcome<StoreWelcome>.Failed(ProxyFailure.StoreTemporaryFailure, $"AUTH: {reply.Code} {reply.Lines[^1]}"),
            _ => Outcome<StoreWelcome>.Failed(ProxyFailure.StoreRefusedLogin, $"AUTH: {reply.Code} {reply.Lines[^1]}"),
        };
    }
}
