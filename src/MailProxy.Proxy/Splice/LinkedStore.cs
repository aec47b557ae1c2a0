using MailProxy.Proxy.Connect;
using MailProxy.Proxy.StoreLogin;

namespace MailProxy.Proxy.Splice;

/// <summary>A store connection that is logged in and entered in the registry: what is left is the answer and the splice.</summary>
internal sealed record LinkedStore(StoreConnection Store, StoreWelcome Welcome, LiveSession Live);
