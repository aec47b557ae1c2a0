using MailProxy.Directory;

namespace MailProxy.Proxy.Connect;

/// <summary>The proxy's own account at stores that know master users.</summary>
internal sealed record MasterAccount(string User, Secret Password);
