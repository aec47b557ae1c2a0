namespace MailProxy.Transport.Tests.Linux;

public sealed class LinuxLimitTests() : ConnectionLimitSuite(LinuxTransports.Create);
