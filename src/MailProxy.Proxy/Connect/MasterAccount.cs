using MailProxy.Directory;

namespace MailProxy.Proxy.Connect;

/// <summary>The proxy's own account at stores that know master users.</summary>
public sealed record MasterAccount(string User, Secret Password);
