/**
 * A program of the kernel's packet filter by which a process may signal none, itself included. Landlock's own right for
 * this is newer than the setpriv of Debian 13 (https://docs.kernel.org/userspace-api/landlock.html#ipc-scoping).
 *
 * Refused with EPERM is every way to another process that asks for no more than the same user: the calls that send a
 * signal, ownership of a file whose readiness sends one, and another process's limits, of which that of CPU time ends it.
 */

/** Numbers of the calls, from the kernel's tables: arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h. */
const machines = {
  x64: {
    /** AUDIT_ARCH_X86_64, include/uapi/linux/audit.h */
    audit: 0xc000003e,
    /** kill, tkill, tgkill, rt_sigqueueinfo, rt_tgsigqueueinfo, pidfd_send_signal */
    signals: [62, 200, 234, 129, 297, 424],
    fcntl: 72,
    ioctl: 16,
    prlimit64: 302,
  },
  arm64: {
    /** AUDIT_ARCH_AARCH64 */
    audit: 0xc00000b7,
    signals: [129, 130, 131, 138, 240, 424],
    fcntl: 25,
    ioctl: 29,
    prlimit64: 261,
  },
} as const;

type Machine = keyof typeof machines;

/** F_SETOWN and F_SETOWN_EX, include/uapi/asm-generic/fcntl.h */
const owningFcntl = [8, 15];
/** FIOSETOWN and SIOCSPGRP, include/uapi/asm-generic/sockios.h */
const owningIoctl = [0x8901, 0x8902];
/** Calls of x86-64's third interface, x32, have this bit: all of them are refused. */
const x32Bit = 0x40000000;

/** Where `struct seccomp_data` has what, include/uapi/linux/seccomp.h; of arguments the low half, by which calls tell them. */
const at = { number: 0, machine: 4, firstArgument: 16, secondArgument: 24 };
/** Operations, include/uapi/linux/bpf_common.h */
const load = 0x20;
const ifEqual = 0x15;
const ifAtLeast = 0x35;
const answer = 0x06;
/** SECCOMP_RET_ALLOW, and SECCOMP_RET_ERRNO with EPERM */
const allow = 0x7fff0000;
const refuse = 0x00050001;

type Instruction = readonly [operation: number, ifTrue: number, ifFalse: number, value: number];

export const hasSignalFilter = (machine: string): machine is Machine => Object.hasOwn(machines, machine);

/** The filter as setpriv takes it: instructions of eight bytes, `struct sock_filter`. */
export function signalFilter(machine: Machine): Buffer {
  const { audit, signals, fcntl, ioctl, prlimit64 } = machines[machine];
  const program: Instruction[] = [
    [load, 0, 0, at.machine],
    // Calls of another machine, such as a 32-bit program's, have other numbers.
    [ifEqual, 1, 0, audit],
    [answer, 0, 0, refuse],
    [load, 0, 0, at.number],
    ...(machine === "x64" ? refusing(ifAtLeast, [x32Bit]) : []),
    ...refusing(ifEqual, signals),
    ...whereCalled(fcntl, [[load, 0, 0, at.secondArgument], ...refusing(ifEqual, owningFcntl)]),
    ...whereCalled(ioctl, [[load, 0, 0, at.secondArgument], ...refusing(ifEqual, owningIoctl)]),
    // Its own limits a process names by 0.
    ...whereCalled(prlimit64, [
      [load, 0, 0, at.firstArgument],
      [ifEqual, 1, 0, 0],
      [answer, 0, 0, refuse],
    ]),
    [answer, 0, 0, allow],
  ];
  const bytes = Buffer.alloc(program.length * 8);
  for (const [index, [operation, ifTrue, ifFalse, value]] of program.entries()) {
    bytes.writeUInt16LE(operation, index * 8);
    bytes.writeUInt8(ifTrue, index * 8 + 2);
    bytes.writeUInt8(ifFalse, index * 8 + 3);
    bytes.writeUInt32LE(value, index * 8 + 4);
  }
  return bytes;
}

const refusing = (operation: number, values: readonly number[]): Instruction[] =>
  values.flatMap((value): Instruction[] => [
    [operation, 0, 1, value],
    [answer, 0, 0, refuse],
  ]);

/** What is looked at for one call only, and then allows it. */
const whereCalled = (call: number, steps: readonly Instruction[]): Instruction[] => [
  [ifEqual, 0, steps.length + 1, call],
  ...steps,
  [answer, 0, 0, allow],
];
