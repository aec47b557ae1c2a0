namespace MailProxy.Transport.Tests.Linux;

public sealed class LinuxPrefaceTests() : PrefaceSuite(LinuxTransports.Create);
