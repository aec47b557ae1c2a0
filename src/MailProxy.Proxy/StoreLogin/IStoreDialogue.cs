using MailProxy.Proxy.Connect;
using MailProxy.Proxy.Failures;
using MailProxy.Proxy.Wire;

namespace MailProxy.Proxy.StoreLogin;

/// <summary>A protocol's talk with the store: greeting, STARTTLS, identity, login, in as few round trips as the store allows.</summary>
internal interface IStoreDialogue
{
    /// <summary>From the greeting to the verdict.</summary>
    ValueTask<Outcome<StoreWelcome>> LogInAsync(MailWire store, StoreLeg leg, CancellationToken cancellationToken);
}
